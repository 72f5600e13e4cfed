/** How an enterprise stands, as cells of a row: its grade, band, probability and place. */
import type { EnterpriseList } from '../../serve/contracts.ts'
import { finePercent, nameOf, say } from '../language.ts'

type Row = Pick<EnterpriseList['rows'][number], 'region' | 'industry' | 'grade' | 'band' | 'probability'>

export function StandingHead() {
  return (
    <>
      <th scope="col">{say('enterprise.grade')}</th>
      <th scope="col">{say('enterprise.band')}</th>
      <th scope="col" class="end">
        {say('enterprise.probability')}
      </th>
      <th scope="col">{say('enterprise.place')}</th>
    </>
  )
}

export function Standing({ row: { region, industry, grade, band, probability } }: { row: Row }) {
  return (
    <>
      <td>{grade ?? say('enterprise.noGrade')}</td>
      <td>{band === null ? '–' : nameOf('bands', band)}</td>
      <td class="end figures">{probability === null ? '–' : finePercent(probability)}</td>
      <td>
        {[region && nameOf('regions', region), industry && nameOf('industries', industry)].filter(Boolean).join(' · ')}
      </td>
    </>
  )
}
