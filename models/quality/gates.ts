/** The gates of a promotion: what a candidate must hold before a person may put it in charge. */
import { z } from 'zod'
import { Gate as RecordedGate } from '../../streams/commands.ts'
import type { Evaluation, RecallChange } from './evaluation.ts'
import { psiActs } from './psi.ts'

export const gateNames = [
  'aucDifference',
  'brierDifference',
  'regionRecall',
  'sizeRecall',
  'scorePsi',
  'featurePsi',
] as const
export type GateName = (typeof gateNames)[number]

/** What an evaluation must have measured for a promotion to stand on it. `sizeRecall` is there where enterprises have sizes. */
export function requiredGates(compared: boolean): GateName[] {
  return compared
    ? ['aucDifference', 'brierDifference', 'regionRecall', 'scorePsi', 'featurePsi']
    : ['scorePsi', 'featurePsi']
}

/** They may be too young to be judged: that stops nobody. */
export const unjudgedGates: readonly GateName[] = ['scorePsi', 'featurePsi']

/** What a command carries of a gate (streams/commands.ts), of those that are here. A gate that cannot be computed is not passed. */
export const Gate = RecordedGate.extend({
  name: z.enum(gateNames),
  /** The model, group or feature that the value is of. */
  of: z.string().optional(),
})
export type Gate = z.infer<typeof Gate>

export const gateLimits = {
  /** The lower bound of AUC candidate - AUC other must lie above it. */
  aucDifference: -0.005,
  /** Brier candidate - Brier other must lie below it. */
  brierDifference: 0,
  /** A loss of recall up to this much is not one. */
  recallLoss: 0.02,
  psi: psiActs,
}

/** Groups with fewer positives are not judged: one outcome more or less would decide. */
const recallPositivesMin = 20
/** Chance that groups which lose nothing stop a candidate, over all groups of an axis (Bonferroni). */
const recallChance = 0.05

/**
 * Compares with the champion, or with all other models when none is in use; the worst value counts. Recall is lost when a group
 * with enough positives loses more than the tolerance, and more than chance explains. Gates with nothing to compare (no other
 * model, no size bands) are left out.
 */
export function promotionGates(evaluation: Evaluation): Gate[] {
  const { champion, psi } = evaluation
  const rivals = evaluation.others.filter(({ model }) => champion === undefined || model.name === champion)
  const gates: Gate[] = []
  if (rivals.length > 0) {
    const aucs = rivals.map(({ model, comparison }) => ({
      of: model.name,
      value: negative(comparison.aucDifference?.low),
    }))
    const lowest = largest(aucs)
    const value = negative(lowest.value)
    gates.push({ ...lowest, value, name: 'aucDifference', limit: gateLimits.aucDifference, passed: above(value) })
    const briers = rivals.map(({ model, comparison }) => ({ of: model.name, value: comparison.brierDifference?.value }))
    gates.push(below('brierDifference', gateLimits.brierDifference, largest(briers)))
    gates.push(
      recallGate(
        'regionRecall',
        rivals.map(({ comparison }) => comparison.recallByRegion),
      ),
    )
    const sizes = rivals.map(({ comparison }) => comparison.recallBySize).filter((changes) => changes.length > 0)
    if (sizes.length > 0) gates.push(recallGate('sizeRecall', sizes))
  }
  gates.push(below('scorePsi', gateLimits.psi, { value: psi?.score, of: undefined }))
  const features = psi?.features.map(({ name, psi: value }) => ({ of: name, value })) ?? []
  gates.push(
    below(
      'featurePsi',
      gateLimits.psi,
      features.length === 0 ? { value: undefined, of: undefined } : largest(features),
    ),
  )
  return gates
}

type Measured = { of: string | undefined; value: number | undefined }

function above(value: number | undefined): boolean {
  return value !== undefined && value > gateLimits.aucDifference
}

function below(name: GateName, limit: number, { of, value }: Measured): Gate {
  return { name, limit, of, value, passed: value !== undefined && value < limit }
}

function negative(value: number | undefined): number | undefined {
  return value === undefined ? undefined : -value
}

/** The one with the largest value; one without a value is worse than any. */
function largest(all: readonly Measured[]): Measured {
  return all.reduce((worst, one) =>
    worst.value !== undefined && (one.value === undefined || one.value > worst.value) ? one : worst,
  )
}

function recallGate(name: GateName, rivals: readonly (readonly RecallChange[])[]): Gate {
  const losses = rivals.flatMap((changes) => {
    const judged = changes.filter(({ positives }) => positives >= recallPositivesMin)
    return judged
      .filter(({ lossProbability }) => lossProbability < recallChance / judged.length)
      .map((change) => ({ of: change.name, value: change.otherRecall - change.recall }))
  })
  const worst = losses.length === 0 ? { of: undefined, value: 0 } : largest(losses)
  const passed = worst.value !== undefined && worst.value <= gateLimits.recallLoss
  return { name, limit: gateLimits.recallLoss, ...worst, passed }
}
