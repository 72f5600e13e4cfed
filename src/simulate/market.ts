/** The state of a run: who is active, where, with which grade; what waits to become known; what the hazard remembers. */
import { noGrade } from '../../streams/profile.ts'
import { dayMs, minuteMs } from '../limits.ts'
import type { AliasTable } from './flaws/alias.ts'
import { channelIndex, HazardSums, hazard90d, logHazard } from './hazard.ts'
import type { Plan } from './plan.ts'
import { familyTables, weightsByFamily } from './population.ts'
import { PendingQueue } from './queue.ts'
import { Random } from './random.ts'
import type { PlannedSilence } from './silences.ts'
import type { Family } from './traits.ts'

export const statuses = { unborn: 0, active: 1, closed: 2 } as const
/** Enterprises become known in the first ten minutes, their grades in the next ten; events begin after that. */
export const openingMs = 10 * minuteMs
const lateGradeEvery = 31 // one enterprise in so many has its first grade published late

export type Market = {
  readonly plan: Plan
  readonly queue: PendingQueue
  readonly sums: HazardSums
  readonly region: Uint16Array
  /** Grade in force and known. */
  readonly grade: Uint8Array
  readonly status: Uint8Array
  /** Draws an enterprise in proportion to its rate of such events. */
  tables: Readonly<Record<Family, AliasTable>>
  nextSequence: number
  /** Channel of the hazard, by type; undefined for types that it does not remember. */
  readonly channels: readonly (number | undefined)[]
  /** Silences that are not over yet. */
  silences: readonly PlannedSilence[]
  /** Active enterprises in the cells of running outbreaks. */
  readonly members: Map<string, Uint32Array>
}

export function openMarket(plan: Plan): Market {
  const { population, profile, options } = plan
  const status = new Uint8Array(population.size).fill(statuses.active)
  status.fill(statuses.unborn, population.bornLaterFrom)
  return {
    plan,
    queue: new PendingQueue(options.startMs),
    sums: new HazardSums(population.size),
    region: Uint16Array.from(population.region),
    grade: population.grade.map((grade, one) => (gradedLate(one) || one >= population.bornLaterFrom ? noGrade : grade)),
    status,
    tables: familyTables(weightsByFamily(profile, population, population.grade)),
    nextSequence: 1,
    channels: plan.traits.map(({ channel }) => (channel === undefined ? undefined : channelIndex(channel))),
    silences: plan.silences,
    members: new Map(),
  }
}

export function gradedLate(enterprise: number): boolean {
  return enterprise % lateGradeEvery === 11
}

export function dayStartMs(market: Market, day: number): number {
  return market.plan.options.startMs + day * dayMs
}

/** Nothing but the register and its grades becomes known in the first twenty minutes. */
export function afterOpening(market: Market, knownAtMs: number): number {
  const { startMs } = market.plan.options
  const opened = startMs + 2 * openingMs
  return knownAtMs >= startMs && knownAtMs < opened ? opened + (knownAtMs - startMs) : knownAtMs
}

/** One generator a purpose and day. */
export function drawsOf(market: Market, purpose: string, day: number): Random {
  return new Random(market.plan.options.seed, purpose, day)
}

/** The hidden hazard of an enterprise, 0 .. .7: the probability of an adverse outcome within 90 days if nothing more happens. */
export function hazardOf(market: Market, enterprise: number, day: number): number {
  const { plan, sums } = market
  const { regions, industries, industry } = plan.population
  const at = sums.settle(enterprise, day)
  const stress = plan.stress(regions.topOf[market.region[enterprise]], industries.topOf[industry[enterprise]])
  return hazard90d(logHazard(sums.values, at, plan.gradeBadness[market.grade[enterprise]], stress), plan.hazardLevel)
}
