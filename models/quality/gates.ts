/** The gates of a promotion: what a candidate must hold before a person may put it in charge. */
import { z } from 'zod'
import { Gate as RecordedGate } from '../../streams/commands.ts'
import type { Evaluation, RecallChange } from './evaluation.ts'
import { psiActs } from './psi.ts'

export const gateNames = ['aucDifference', 'brierDifference', 'regionRecall', 'scorePsi', 'featurePsi'] as const
export type GateName = (typeof gateNames)[number]

/** What an evaluation must have measured for a promotion to stand on it. */
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
 * with enough positives loses more than the tolerance, and more than chance explains. Without another model the gates that
 * compare are left out.
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
    gates.push(recallGate(rivals.map(({ comparison }) => comparison.recallByRegion)))
  }
  return [...gates, scorePsiGate(psi), featurePsiGate(psi)]
}

function scorePsiGate(psi: Evaluation['psi']): Gate {
  const gate = below('scorePsi', psi?.scoreLimit ?? gateLimits.psi, { value: psi?.score, of: undefined })
  return psi?.tooLittle === undefined ? gate : { ...gate, passed: null, why: psi.tooLittle }
}

/** The feature that went furthest beyond its limit, or came nearest to it, of those that are judged. */
function featurePsiGate(psi: Evaluation['psi']): Gate {
  const features = (psi?.features ?? []).map((one) => ({ ...one, limit: one.limit ?? gateLimits.psi }))
  const judged = features.filter(({ unjudged }) => unjudged === undefined)
  const { of } = largest(
    judged.map(({ name, psi: index, limit }) => ({ of: name, value: index === undefined ? undefined : index / limit })),
  )
  const worst = judged.find(({ name }) => name === of)
  const gate = below('featurePsi', worst?.limit ?? gateLimits.psi, { of, value: worst?.psi })
  const leftOut = leftOutOf(features)
  if (psi?.tooLittle !== undefined) return { ...gate, passed: null, why: psi.tooLittle }
  if (leftOut === undefined) return gate
  return { ...gate, why: leftOut, ...(judged.length === 0 ? { passed: null } : {}) }
}

function leftOutOf(features: NonNullable<Evaluation['psi']>['features']): string | undefined {
  const [young, common] = (['young', 'common'] as const).map(
    (why) => features.filter(({ unjudged }) => unjudged === why).length,
  )
  const told = [
    ...(young > 0 ? [`too young to judge: ${young} of ${features.length} features`] : []),
    ...(common > 0 ? [`move for everybody at once: ${common}`] : []),
  ]
  return told.length === 0 ? undefined : told.join('; ')
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

/** The one with the largest value; one without a value is worse than any, as is none at all. */
function largest(all: readonly Measured[]): Measured {
  const none: Measured = { of: undefined, value: all.length === 0 ? undefined : Number.NEGATIVE_INFINITY }
  return all.reduce(
    (worst, one) => (worst.value !== undefined && (one.value === undefined || one.value > worst.value) ? one : worst),
    none,
  )
}

function recallGate(rivals: readonly (readonly RecallChange[])[]): Gate {
  const losses = rivals.flatMap((changes) => {
    const judged = changes.filter(({ positives }) => positives >= recallPositivesMin)
    return judged
      .filter(({ lossProbability }) => lossProbability < recallChance / judged.length)
      .map((change) => ({ of: change.name, value: change.otherRecall - change.recall }))
  })
  const worst = losses.length === 0 ? { of: undefined, value: 0 } : largest(losses)
  const passed = worst.value !== undefined && worst.value <= gateLimits.recallLoss
  return { name: 'regionRecall', limit: gateLimits.recallLoss, ...worst, passed }
}
