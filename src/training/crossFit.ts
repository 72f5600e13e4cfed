/**
 * Scores of rows by fits that did not see them, in order of time: what calibrates a model that has learnt from every row, cuts its bands,
 * and is the reference of its drift. As scikit-learn's `CalibratedClassifierCV(ensemble=False)`, but that each fit is on earlier rows.
 */
import { columnsOf, type Dataset, sliceOf } from '../../models/learn/dataset.ts'
import { type FoldSetting, timeFolds } from '../../models/learn/folds.ts'
import { ln } from '../../models/math.ts'
import { areaUnderRoc } from '../../models/quality/ranking.ts'
import { coreOf, type ModelPart } from '../../models/risk/buildModel.ts'
import type { Slice } from '../../models/risk/modelFile.ts'
import type { Profile } from '../../streams/profile.ts'
import { messageOf } from '../errors.ts'
import { rangeOf } from './identity.ts'
import { tooFewTicks } from './learners.ts'

/** Rows in order of time; NaN for one that is refused. */
export type Held = { logOdds: Float64Array; labels: Uint8Array }

export type CrossFit = Held & {
  slices: Slice[]
  /** Of as many rows, the latest of those that the fits had learnt from: log-odds by the same fits. */
  own: Float64Array
  /** Slices that could not be scored, and why. */
  notes: string[]
}

/**
 * A fit on fewer rows knows another level of risk than the fit on all of them: its log-odds are moved by the difference of the two shares
 * of positives (the prior correction of King & Zeng 2001), so that its scores lie where the model's would.
 * @param learn from earlier rows alone
 * @throws Error when no slice can be scored
 */
export async function crossFit(
  profile: Profile,
  rows: Dataset,
  setting: FoldSetting,
  learn: (earlier: Dataset) => Promise<ModelPart>,
): Promise<CrossFit> {
  const [parts, own]: [Held[], Held[]] = [[], []]
  const [slices, notes]: [Slice[], string[]] = [[], []]
  for (const { trainTo, from, to } of timeFolds(rows, setting)) {
    const [earlier, later] = [sliceOf(rows, 0, trainTo), sliceOf(rows, from, to)]
    const range = rangeOf(profile, later)
    try {
      const raised = levelOf(rows) - levelOf(earlier)
      const part = await learn(earlier)
      const scored = (some: Dataset): Held => ({
        logOdds: logOddsOf(part, some).map((one) => one + raised),
        labels: some.labels,
      })
      const held = scored(later)
      parts.push(held)
      own.push(scored(sliceOf(earlier, Math.max(0, trainTo - (to - from)), trainTo)))
      const auc = areaUnderRoc(held.logOdds, held.labels)
      slices.push({ ...range, fitted: rangeOf(profile, earlier), ...(Number.isNaN(auc) ? {} : { auc: rounded(auc) }) })
    } catch (error) {
      notes.push(`no fit on the rows before ${range.from} to ${range.to} could score these: ${messageOf(error)}`)
    }
  }
  if (slices.length === 0) throw new Error(notes.at(-1) ?? tooFewTicks(setting))
  return { ...joined(parts), own: joined(own).logOdds, slices, notes }
}

/** Log-odds of the share of positives. */
function levelOf({ labels }: Dataset): number {
  const positives = labels.reduce((sum, label) => sum + label, 0)
  return ln(positives / (labels.length - positives))
}

/** Log-odds before calibration: taken back from probabilities they would be infinite where a model is very sure. */
export function logOddsOf(part: ModelPart, rows: Dataset): Float64Array {
  const values = columnsOf(
    rows,
    part.features.map(({ name }) => name),
  )
  const out = new Float64Array(rows.labels.length)
  coreOf(part).logOdds(values, out)
  return out
}

function joined(parts: readonly Held[]): Held {
  const rows = parts.reduce((sum, { labels }) => sum + labels.length, 0)
  const all = { logOdds: new Float64Array(rows), labels: new Uint8Array(rows) }
  let at = 0
  for (const { logOdds, labels } of parts) {
    all.logOdds.set(logOdds, at)
    all.labels.set(labels, at)
    at += labels.length
  }
  return all
}

export function rounded(value: number): number {
  return Math.round(value * 1e6) / 1e6
}
