/**
 * The pooled weekly index: how each place in the week (a weekday, or an hour of the week) compares with the whole week.
 * Learnt once for a parent and used by all its cells, whose own counts are too few to show it.
 *
 * State: for each phase a discounted sum of counts and a discounted number of ticks, so 2 * phases numbers.
 */
import { checkCount, checkPositive } from './detector.ts'

/** Average weeks that each phase is taken to have seen beforehand: four, or as many as hold 30 events of the phase. */
const shrinkageWeeksMax = 4
const shrinkageEvents = 30
const factorMin = 0.2
const factorMax = 5

export function weekStateLength(phases: number): number {
  return 2 * phases
}

/**
 * The index of a phase: its mean count over the mean of the phases' means, shrunk towards 1 by up to four weeks of weight, within
 * 0.2..5. 1 before anything is learnt. RangeError if the phase is none of the state's.
 */
export function weekFactor(state: Float64Array, phase: number): number {
  checkPhase(state, phase)
  const overall = overallMean(state)
  if (overall === 0) return 1
  const shrinkageWeeks = Math.min(shrinkageWeeksMax, shrinkageEvents / overall)
  const shrunk = (state[2 * phase] + shrinkageWeeks * overall) / (state[2 * phase + 1] + shrinkageWeeks)
  return Math.min(Math.max(shrunk / overall, factorMin), factorMax)
}

/**
 * The index of a phase without bounds and shrunk by half an event only, for what may rest on a phase altogether: a source that does
 * not work on Sundays. 1 before the phase or anything at all was seen. RangeError as weekFactor.
 */
export function restingFactor(state: Float64Array, phase: number): number {
  checkPhase(state, phase)
  const overall = overallMean(state)
  if (overall === 0 || state[2 * phase + 1] === 0) return 1
  return (state[2 * phase] + 0.5) / (state[2 * phase + 1] + 0.5 / overall) / overall
}

/** The mean over the phases seen so far of each phase's mean count; 0 before any. */
function overallMean(state: Float64Array): number {
  let sum = 0
  let seen = 0
  for (let i = 0; i < state.length; i += 2) {
    if (state[i + 1] === 0) continue
    sum += state[i] / state[i + 1]
    seen++
  }
  return seen === 0 ? 0 : sum / seen
}

/** Takes the parent's count in a tick of this phase. `discount`, in (0, 1], is what a week's older evidence is worth. */
export function learnWeekday(state: Float64Array, phase: number, y: number, discount: number): void {
  checkPhase(state, phase)
  checkCount(y)
  checkPositive('discount', discount)
  if (discount > 1) throw new RangeError(`discount must be <= 1, not ${discount}`)
  state[2 * phase] = discount * state[2 * phase] + y
  state[2 * phase + 1] = discount * state[2 * phase + 1] + 1
}

function checkPhase(state: Float64Array, phase: number): void {
  if (!(Number.isInteger(phase) && phase >= 0 && 2 * phase < state.length)) {
    throw new RangeError(`phase must be one of 0..${state.length / 2 - 1}, not ${phase}`)
  }
}
