/** Judges a candidate model on rows it has not learnt from, beside other models on the same rows. */
import type { PsiReference } from '../risk/psiReference.ts'
import { type Bands, bandQuality } from './bandQuality.ts'
import { clustersOf, type Resampling, singles } from './bootstrap.ts'
import type { DriftLimits } from './driftLimits.ts'
import type { Comparison, Evaluation, ModelQuality } from './evaluation.ts'
import { calibrationBinsMax, curvesOf, differencesOf, figuresOf } from './figures.ts'
import { type Judged, pick, qualityByGroup } from './groups.ts'
import { liftAt, orderOf, totalsOf } from './order.ts'
import { psi } from './psi.ts'
import { columnOf } from './ranking.ts'
import { reachOf, recallChanges } from './reach.ts'

/** Probabilities 0..1, one a row; NaN where the model refuses the row. */
export type Scored = { readonly name: string; readonly scores: Float64Array }

export type EvaluationInput = {
  readonly candidate: Scored
  readonly others: readonly Scored[]
  /** Name of the one among `others` that is in use. */
  readonly champion?: string
  /** 0 or 1, one a row. */
  readonly labels: Uint8Array
  readonly ticks: Int32Array
  /** Month of a tick, in a form that sorts: `2026-03`. */
  readonly monthOf: (tick: number) => string
  readonly regions: readonly string[]
  readonly industries: readonly string[]
  readonly grades: readonly string[]
  /** Enterprises: given, all rows of one are resampled together, which widens intervals to what they are worth. */
  readonly ids?: readonly string[]
  /** Share of the rows at which lift and recall are measured, above 0 and at most 1. */
  readonly highShare: number
  /** Code of the worst grade: lift is told at the share of its rows too. */
  readonly worstGrade?: string | undefined
  /** Bands of the candidate. */
  readonly bands?: Bands
  /** Training reference and the features of these rows, row by row. */
  readonly drift?: {
    readonly reference: { readonly score: PsiReference; readonly features: readonly PsiReference[] }
    readonly names: readonly string[]
    readonly values: Float64Array
    /** What each index is held against; .25 when absent. */
    readonly limits?: DriftLimits
    /** Why nothing can be said of drift. */
    readonly tooLittle?: string | undefined
  }
  readonly seed: number
  /** Resamples; 1,000, or fewer (at least 200) above 50,000 rows, when absent. */
  readonly draws?: number
}

const level = 0.95

/** @throws Error when columns differ in length, a score is no probability, or no row was scored. Single-class labels are no error: what they leave undefined is absent. */
export function evaluate(input: EvaluationInput): Evaluation {
  const { labels, candidate, ticks, monthOf, highShare, seed } = input
  check(input)
  const clusters = input.ids === undefined ? singles(labels.length) : clustersOf(input.ids)
  const draws = input.draws ?? Math.round(Math.min(1_000, Math.max(200, 5e7 / labels.length)))
  const resampling: Resampling = { draws, seed, level }
  const judge = (scores: Float64Array, rows: readonly number[]): Judged =>
    pick({ scores, labels, reached: new Float64Array(labels.length), clusters }, rows)

  const rows = rowsScoredBy([candidate])
  const judged = judge(candidate.scores, rows)
  const whole: Judged = { ...judged, reached: reachOf(orderOf(judged.scores), highShare) }
  const byGroup = (names: readonly string[]): Evaluation['byRegion'] =>
    qualityByGroup(whole, at(names, rows), resampling)
  const quality = ({ name, scores }: Scored): ModelQuality => {
    const scored = rowsScoredBy([{ name, scores }])
    const own = judge(scores, scored)
    const refused = labels.length - scored.length
    const { positives } = totalsOf(own.labels)
    const figures = figuresOf(own, highShare, resampling)
    return { name, rows: scored.length, positives, refused, figures, curves: curvesOf(own) }
  }
  const months = Array.from(ticks, monthOf)
  const sortedMonths = [...new Set(months)].sort()
  const compare = (other: Scored): Comparison => {
    const both = rowsScoredBy([candidate, other])
    const [mine, others] = [judge(candidate.scores, both), judge(other.scores, both)]
    const [reached, otherReached] = [mine, others].map(({ scores }) => reachOf(orderOf(scores), highShare))
    return {
      rows: both.length,
      ...differencesOf(mine, others.scores, resampling),
      recallByRegion: recallChanges(reached, otherReached, mine.labels, at(input.regions, both)),
    }
  }
  return {
    formatVersion: 1,
    from: sortedMonths[0],
    to: sortedMonths[sortedMonths.length - 1],
    rows: labels.length,
    positives: totalsOf(labels).positives,
    highShare,
    worstGrade: worstGradeOf(input.worstGrade, at(input.grades, rows), judged),
    bands: input.bands === undefined ? [] : bandQuality(judged.scores, judged.labels, input.bands),
    calibrationBinsMax,
    resampling: { ...resampling, clusters: clusters.size },
    candidate: quality(candidate),
    others: input.others.map((other) => ({ model: quality(other), comparison: compare(other) })),
    champion: input.champion,
    byMonth: byGroup(months),
    byRegion: byGroup(input.regions),
    byIndustry: byGroup(input.industries),
    byGrade: byGroup(input.grades),
    psi: input.drift === undefined ? undefined : driftOf(input.drift, judged.scores),
  }
}

/** Undefined where no row has that grade, or all have. */
function worstGradeOf(
  name: string | undefined,
  grades: readonly string[],
  { scores, labels }: Judged,
): Evaluation['worstGrade'] {
  const isWorst = Uint8Array.from(grades, (grade) => (grade === name ? 1 : 0))
  const share = totalsOf(isWorst).positives / grades.length
  if (name === undefined || share === 0 || share === 1) return undefined
  const { positives } = totalsOf(labels)
  const own =
    positives === 0 ? undefined : totalsOf(labels.filter((_, row) => isWorst[row] === 1)).positives / positives
  return { name, share, lift: liftAt(orderOf(scores), labels, share), own: own === undefined ? undefined : own / share }
}

function driftOf(drift: NonNullable<EvaluationInput['drift']>, scores: Float64Array): Evaluation['psi'] {
  const { reference, names, values, limits, tooLittle } = drift
  return {
    score: psi(reference.score, scores),
    scoreLimit: limits?.score,
    features: names.map((name, index) => ({
      name,
      psi: psi(reference.features[index], columnOf(values, index, names.length)),
      ...limits?.of(name),
    })),
    tooLittle,
  }
}

function rowsScoredBy(models: readonly Scored[]): number[] {
  const rows: number[] = []
  for (let row = 0; row < models[0].scores.length; row++)
    if (models.every(({ scores }) => !Number.isNaN(scores[row]))) rows.push(row)
  return rows
}

function at(names: readonly string[], rows: readonly number[]): string[] {
  return rows.map((row) => names[row])
}

function check(input: EvaluationInput): void {
  const { labels, candidate, others, champion, highShare, drift } = input
  for (const { name, scores } of [candidate, ...others]) {
    if (scores.length !== labels.length)
      throw new Error(
        `${name}: ${scores.length} scores for ${labels.length} rows; score the same rows with every model`,
      )
    const bad = scores.find((score) => score < 0 || score > 1)
    if (bad !== undefined) throw new Error(`${name}: the score ${bad} is no probability; turn scores into 0..1 first`)
    if (scores.every(Number.isNaN)) throw new Error(`${name}: no row was scored; check that the rows hold its features`)
  }
  const { ticks, regions, industries, grades, ids } = input
  for (const [name, column] of Object.entries({ ticks, regions, industries, grades, ids }))
    if (column !== undefined && column.length !== labels.length)
      throw new Error(`${name}: ${column.length} values for ${labels.length} rows; take both from one data set`)
  if (champion !== undefined && !others.some(({ name }) => name === champion))
    throw new Error(`champion: ${champion} is not among the other models; evaluate it too`)
  if (!(highShare > 0 && highShare <= 1)) throw new Error(`highShare: ${highShare} is not above 0 and at most 1`)
  if (
    drift &&
    (drift.reference.features.length !== drift.names.length ||
      drift.values.length !== labels.length * drift.names.length)
  )
    throw new Error('drift: reference, names and values must hold the same features of the same rows')
}
