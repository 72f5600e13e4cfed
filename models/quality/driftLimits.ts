/**
 * What a stability index is held against, by a profile's gates. Two kinds of features are shown and stop nobody: those that move for
 * everybody at once, and those that had not settled yet when the first row of the reference was taken. A decayed count grows for several
 * half-lives after a log has begun, whatever happens in the market.
 */
import type { ProfileFile } from '../../streams/profileFile.ts'
import { GateSetting, isLike } from '../../streams/training.ts'
import { momentumLongDays } from '../factSums.ts'

/** `common`: it moves for everybody at once. `young`: it had not settled when the reference begins. */
export const unjudgedKinds = ['common', 'young'] as const
export type Unjudged = (typeof unjudgedKinds)[number]
export type DriftLimit = { limit: number; unjudged?: Unjudged }
/** Of the score, and of a feature by name. */
export type DriftLimits = { score: number; of: (feature: string) => DriftLimit }

/** How many rows there are on one side, and over how many days. */
export type RowsSpan = { rows: number; days: number }

/** After so many an eighth of a decayed sum is still to come. */
const halfLivesSettled = 3

/**
 * @param horizonDays facts older than this say nothing
 * @param ageDays how old the log was when the first row of the reference was taken; undefined: not known, and nothing counts as young
 */
export function driftLimits(file: ProfileFile, horizonDays: number, ageDays: number | undefined): DriftLimits {
  const gates = file.training?.gates ?? GateSetting.parse({})
  const settling = settlingDays(file)
  const alike = file.features.flatMap((one) => (one.kind === 'nearby' && one.axis === 'whole' ? [one.name] : []))
  const common = [...gates.common, ...alike]
  return {
    score: gates.scorePsi,
    of: (name) => {
      const limit = gates.limits.find(({ feature }) => isLike(name, feature))?.psi ?? gates.featurePsi
      if (common.some((pattern) => isLike(name, pattern))) return { limit, unjudged: 'common' }
      const isYoung = ageDays !== undefined && ageDays < (settling.get(name) ?? horizonDays)
      return isYoung ? { limit, unjudged: 'young' } : { limit }
    },
  }
}

/** Why nothing can be said of drift; undefined: there is enough on both sides. */
export function tooLittleOf({ training }: ProfileFile, reference: RowsSpan, judged: RowsSpan): string | undefined {
  const { rowsMin, daysMin } = training?.gates ?? GateSetting.parse({})
  for (const [side, { rows, days }] of [
    ['training', reference],
    ['the rows judged', judged],
  ] as const) {
    if (rows < rowsMin) return `too young to judge: ${rows} rows in ${side}, ${rowsMin} are needed`
    if (days < daysMin) return `too young to judge: ${days} days in ${side}, ${daysMin} are needed`
  }
  return undefined
}

/** Days from the beginning of a log after which a feature hangs on it no longer; those that are not here look back to the horizon. */
function settlingDays({ groups, halfLivesDays, grades, features }: ProfileFile): ReadonlyMap<string, number> {
  const settled = new Map<string, number>()
  for (const code of ['none', ...grades.map((grade) => grade.code)]) settled.set(`grade.${code}`, 0)
  settled.set('peer', halfLivesSettled * momentumLongDays)
  for (const group of [...groups.map(({ code }) => code), 'all']) {
    settled.set(`momentum.${group}`, halfLivesSettled * momentumLongDays)
    for (const days of halfLivesDays)
      for (const kind of ['count', 'severity']) settled.set(`${kind}.${group}.${days}d`, halfLivesSettled * days)
  }
  for (const feature of features) {
    if (feature.kind === 'rate' || feature.kind === 'nearby')
      settled.set(feature.name, halfLivesSettled * feature.halfLifeDays)
    else if (feature.kind === 'place') for (const code of feature.codes) settled.set(`${feature.name}.${code}`, 0)
    else if (feature.kind === 'latest')
      for (const value of feature.values ?? [undefined])
        settled.set(value === undefined ? feature.name : `${feature.name}.${value}`, feature.withinDays)
  }
  return settled
}
