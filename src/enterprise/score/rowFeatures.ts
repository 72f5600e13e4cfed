/** Features of a row at an hour: its facts and grades, its peers and what is around it. The one way from state to features. */
import {
  type FactSlice,
  factTick,
  type GradeSlice,
  gradeCodeAt,
  gradeWords,
  tombstoneBit,
} from '../../../models/facts.ts'
import { featureFill } from '../../../models/features.ts'
import type { KeptSums } from '../../../models/keptSums.ts'
import type { RiskModel } from '../../../models/risk/riskModel.ts'
import type { Profile } from '../../../streams/profile.ts'
import { featureProfile } from '../../featureProfile.ts'
import type { EnterpriseRows } from '../rows/rows.ts'
import type { Neighbourhood } from './neighbourhood.ts'
import { peerTable } from './peers.ts'

/** Rows to be read. */
export type ReadRows = Pick<
  EnterpriseRows,
  'logOdds' | 'count' | 'place' | 'has' | 'band' | 'probability' | 'facts' | 'grades' | 'keptSums'
>

/** Where features come from. */
export type FeatureSource = {
  profile: Profile
  rows: ReadRows
  around: Pick<Neighbourhood, 'size' | 'fill'>
}

export type RowFeatures = (row: number, hour: number, out: Float64Array) => void
/** By what was known up to the end of a tick, as of an hour of then; where the row lies, and what is around, is that of now. */
export type PastFeatures = (row: number, then: { hour: number; tick: number }, out: Float64Array) => void

/** Fills the named features, in their order. @throws Error for a name that the profile does not have. */
export function rowFeatures(
  { profile, rows, around }: FeatureSource,
  names: readonly string[],
  peers: RiskModel['peers'],
): RowFeatures & { past: PastFeatures } {
  const fill = featureFill(featureProfile(profile), names)
  const peersOf = peerTable(profile, peers)
  const ofPlace = new Float64Array(around.size)
  const known = new KnownFacts()
  return Object.assign(
    (row: number, hour: number, out: Float64Array) =>
      fillBy(row, hour, rows.facts(row), rows.grades(row), out, rows.keptSums(row, fill.sums)),
    { past },
  )

  function past(row: number, { hour, tick }: { hour: number; tick: number }, out: Float64Array): void {
    fillBy(row, hour, known.of(rows.facts(row), tick), gradesKnown(rows.grades(row), tick), out)
  }

  function fillBy(
    row: number,
    hour: number,
    facts: FactSlice,
    grades: GradeSlice,
    out: Float64Array,
    kept?: KeptSums,
  ): void {
    const place = rows.place(row)
    if (around.size > 0) around.fill(place, gradeCodeAt(grades, hour, Number.POSITIVE_INFINITY), ofPlace)
    fill(out, {
      facts,
      grades,
      asOfHour: hour,
      context: { peers: peersOf(place), ofPlace },
      kept,
    })
  }
}

/** Facts that became known in a tick or before it; what was taken back since is gone. In one scratch space. */
class KnownFacts {
  readonly #slice: FactSlice = { words: new Int32Array(0), offset: 0, count: 0, stride: 0 }

  of({ words, offset, count, stride }: FactSlice, tick: number): FactSlice {
    const slice = this.#slice
    if (slice.words.length < count * stride) slice.words = new Int32Array(2 * count * stride)
    slice.stride = stride
    let to = 0
    for (let at = offset; at < offset + count * stride; at += stride) {
      if ((words[at + 2] & tombstoneBit) !== 0 || factTick(words[at + 3]) > tick) continue
      for (let word = 0; word < stride; word++) slice.words[to++] = words[at + word]
    }
    slice.count = to / stride
    return slice
  }
}

function gradesKnown({ words, offset, count }: GradeSlice, tick: number): GradeSlice {
  const known: number[] = []
  for (let at = offset; at < offset + count * gradeWords; at += gradeWords)
    if (words[at + 1] <= tick) known.push(words[at], words[at + 1])
  return { words: Int32Array.from(known), offset: 0, count: known.length / gradeWords }
}
