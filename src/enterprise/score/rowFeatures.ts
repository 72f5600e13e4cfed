/** Features of a row at an hour: its facts and grades, its peers and what is around it. The one way from state to features. */
import { gradeCodeAt } from '../../../models/facts.ts'
import { featureFill } from '../../../models/features.ts'
import type { RiskModel } from '../../../models/risk/riskModel.ts'
import type { Profile } from '../../../streams/profile.ts'
import { featureProfile } from '../../featureProfile.ts'
import type { EnterpriseRows } from '../rows/rows.ts'
import type { Neighbourhood } from './neighbourhood.ts'
import { peerTable } from './peers.ts'

/** Rows to be read. */
export type ReadRows = Pick<
  EnterpriseRows,
  'logOdds' | 'count' | 'place' | 'has' | 'band' | 'probability' | 'facts' | 'grades'
>

/** Where features come from. */
export type FeatureSource = {
  profile: Profile
  rows: ReadRows
  around: Pick<Neighbourhood, 'size' | 'fill'>
}

export type RowFeatures = (row: number, hour: number, out: Float64Array) => void

/** Fills the named features, in their order. @throws Error for a name that the profile does not have. */
export function rowFeatures(
  { profile, rows, around }: FeatureSource,
  names: readonly string[],
  peers: RiskModel['peers'],
): RowFeatures {
  const fill = featureFill(featureProfile(profile), names)
  const peersOf = peerTable(profile, peers)
  const ofPlace = new Float64Array(around.size)
  return (row, hour, out) => {
    const place = rows.place(row)
    const grades = rows.grades(row)
    if (around.size > 0) around.fill(place, gradeCodeAt(grades, hour, Number.POSITIVE_INFINITY), ofPlace)
    fill(out, {
      facts: rows.facts(row),
      grades,
      asOfHour: hour,
      context: { peers: peersOf(place), ofPlace },
    })
  }
}
