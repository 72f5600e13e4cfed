/**
 * The hidden hazard of an adverse outcome within 90 days. It depends only on what can be observed (events known so far, grade in
 * force, place), but on more than their counts: complaints saturate, wage arrears weigh most beside executed judgments, tax
 * arrears the more the worse the grade, and some pairs of section and province are under stress. It saturates itself.
 */
import { unknownIndex } from '../../streams/tree.ts'
import { Random } from './random.ts'
import { type Channel, channels } from './traits.ts'

export const hazardParameters = {
  halfLifeDays: 30,
  /** Mean hazard of 90 days over a market in its steady state. */
  mean90d: 0.034,
  max90d: 0.7,
  grade: 2,
  complaints: 0.9,
  conduct: 1.2,
  wages: 0.8,
  judgments: 1.1,
  wagesAndJudgments: 2.6,
  taxByGrade: 1,
  stressSpread: 0.45,
} as const

const outcomeDays = 90
const width = channels.length
const decayDays = 400
const decay = Float64Array.from({ length: decayDays }, (_, days) => 2 ** (-days / hazardParameters.halfLifeDays))

/** The weight of an event so many days ago. */
export function fade(days: number): number {
  return days <= 0 ? 1 : (decay[days] ?? 0)
}

/** Half of the full effect is reached at `half`. */
function saturating(sum: number, half: number): number {
  return sum / (sum + half)
}

/** Log of the relative hazard. @param sums Decayed counts by channel, in the order of `channels`, from `at` on. */
export function logHazard(sums: ArrayLike<number>, at: number, gradeBadness: number, stress: number): number {
  const p = hazardParameters
  const complaints = saturating(sums[at], 6)
  const conduct = saturating(sums[at + 1], 1.5)
  const wages = saturating(sums[at + 2], 0.5)
  const judgments = saturating(sums[at + 3], 1)
  const tax = saturating(sums[at + 4], 1)
  return (
    p.grade * gradeBadness +
    p.complaints * complaints * (1 - 0.6 * gradeBadness) +
    p.conduct * conduct +
    p.wages * wages +
    p.judgments * judgments +
    p.wagesAndJudgments * wages * judgments +
    p.taxByGrade * tax * (0.5 + 2 * gradeBadness) +
    stress
  )
}

export function hazard90d(logarithm: number, level: number): number {
  return hazardParameters.max90d * (1 - Math.exp(-level * Math.exp(logarithm)))
}

export function perDay(within90d: number): number {
  return -Math.log(1 - within90d) / outcomeDays
}

export const perDayMax = perDay(hazardParameters.max90d)

/** Decayed sums by enterprise: five 32-bit floats and the day of the last event. */
export class HazardSums {
  readonly values: Float32Array
  readonly #day: Uint16Array

  constructor(size: number) {
    this.values = new Float32Array(size * width)
    this.#day = new Uint16Array(size)
  }

  add(enterprise: number, channel: number, day: number, weight: number): void {
    const at = this.settle(enterprise, day)
    this.values[at + channel] = Math.max(0, this.values[at + channel] + weight)
  }

  /** Brings the sums of an enterprise to a day; where they begin. */
  settle(enterprise: number, day: number): number {
    const at = enterprise * width
    const days = day - this.#day[enterprise]
    if (days > 0) {
      const factor = fade(days)
      for (let channel = at; channel < at + width; channel++) this.values[channel] *= factor
      this.#day[enterprise] = day
    }
    return at
  }
}

export function channelIndex(channel: Channel): number {
  return channels.indexOf(channel)
}

const stressSlots = 64

/** Stress of a section in a province (nodes of depth 1), fixed for a run; unknown places have none. */
export function stressTable(seed: number): (region: number, industry: number) => number {
  const random = new Random(seed, 'stress')
  const table = Float32Array.from(
    { length: stressSlots * stressSlots },
    () => random.normal() * hazardParameters.stressSpread,
  )
  return (region, industry) => {
    if (region <= unknownIndex || industry <= unknownIndex) return 0
    return table[(region % stressSlots) * stressSlots + (industry % stressSlots)]
  }
}

/** The level at which these logarithms have the mean hazard asked for (bisection over 40 steps). */
export function calibrate(logarithms: readonly number[]): number {
  let low = 1e-6
  let high = 10
  for (let step = 0; step < 40; step++) {
    const level = Math.sqrt(low * high)
    const sum = logarithms.reduce((total, logarithm) => total + hazard90d(logarithm, level), 0)
    if (sum / logarithms.length < hazardParameters.mean90d) low = level
    else high = level
  }
  return low
}
