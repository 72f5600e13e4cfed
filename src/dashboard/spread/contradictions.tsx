/** Enterprises whose scores contradict their grade: of the best grade and risky, or of the worst and safe. For those with the right. */
import { useSignal } from '@preact/signals'
import type { ContradictionList } from '../../serve/contracts.ts'
import { api, at } from '../address.ts'
import { useAnswer } from '../ask.ts'
import { finePercent, nameOf, number, placeOf, say, tickName } from '../language.ts'
import { Scroll } from '../parts/scroll.tsx'
import { Section } from '../parts/section.tsx'
import { Empty, Shown } from '../parts/states.tsx'

const limit = '20'
const kinds = ['riskier', 'safer'] as const
const regionsMax = 8

export function Contradictions({ region, industry }: { region: string; industry: string }) {
  const kind = useSignal<(typeof kinds)[number]>('riskier')
  const list = useAnswer<ContradictionList>(api('/contradictions', { kind: kind.value, region, industry, limit }), [
    'tick',
  ])
  return (
    <Section
      title={say('contradictions.title')}
      beside={
        <fieldset class="switch">
          <legend class="quiet">{say('behind.restricted')}</legend>
          {kinds.map((one) => (
            <button
              type="button"
              key={one}
              aria-pressed={kind.value === one}
              onClick={() => {
                kind.value = one
              }}
            >
              {say(`contradictions.${one}`)}
            </button>
          ))}
        </fieldset>
      }
    >
      <Shown of={list} rows={3}>
        {(data) =>
          data.rows.length === 0 ? <Empty>{say('contradictions.none')}</Empty> : <Rows of={data} kind={kind.value} />
        }
      </Shown>
    </Section>
  )
}

function Rows({ of, kind }: { of: ContradictionList; kind: (typeof kinds)[number] }) {
  const places = of.byRegion.filter((one) => one[kind] > 0).slice(0, regionsMax)
  return (
    <>
      <p class="quiet">
        {say('contradictions.total', { n: of.total })}{' '}
        {places.map((one) => `${nameOf('regions', one.region)} ${number(one[kind])}`).join(say('list.comma'))}
      </p>
      <Scroll label={say('contradictions.title')}>
        <table class="rows">
          <caption class="hidden">{say('contradictions.title')}</caption>
          <thead>
            <tr>
              <th scope="col">{say('enterprise.name')}</th>
              <th scope="col">{say('enterprise.grade')}</th>
              <th scope="col" class="end">
                {say('enterprise.probability')}
              </th>
              <th scope="col" class="end">
                {say('contradictions.compared')}
              </th>
              <th scope="col">{say('enterprise.place')}</th>
              <th scope="col" class="end">
                {say('contradictions.since')}
              </th>
            </tr>
          </thead>
          <tbody>
            {of.rows.map(({ id, name, grade, probability, comparedWith, region, industry, since }) => (
              <tr key={id} data-id={id}>
                <th scope="row">
                  <a href={at(`/enterprises/${encodeURIComponent(id)}`)}>{name ?? id}</a>
                </th>
                <td>{grade}</td>
                <td class="end figures">{probability === null ? '–' : finePercent(probability)}</td>
                <td class="end figures">{comparedWith === null ? '–' : finePercent(comparedWith)}</td>
                <td>{placeOf({ region, industry })}</td>
                <td class="end figures">{tickName(since)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </>
  )
}
