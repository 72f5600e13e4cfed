/**
 * A market with its risk events and grades, as a stream in the order in which things become known. Drawn day by day from one
 * seed: the same seed gives the same bytes (on the same V8 release: the distributions use Math.log and Math.exp). Memory grows
 * with the number of enterprises and with the delays of publication, not with the number of days.
 */
import { noGrade, type Profile } from '../../streams/profile.ts'
import { ForewarnError } from '../errors.ts'
import { dayMs, hourMs } from '../limits.ts'
import { changes, lateFirstGrades, takeEffect } from './changes.ts'
import { backlog, usualEvents, warmUpDays } from './events.ts'
import { malformedShare } from './flaws/flaws.ts'
import { malformedVariants } from './flaws/malformed.ts'
import { dayStartMs, drawsOf, gradedLate, hazardOf, type Market, openingMs, openMarket, statuses } from './market.ts'
import type { Days } from './outbreaks.ts'
import { outcomes } from './outcomes.ts'
import { makePlan } from './plan.ts'
import { familyTables, weightsByFamily } from './population.ts'
import { blank, kinds, type Row } from './queue.ts'
import { type Renderer, renderer, type SimulatedRecord } from './render.ts'
import { surges } from './surges.ts'
import type { ArtefactRequest } from './troubles/artefacts.ts'
import { troubles } from './troubles/happen.ts'
import { swapped } from './troubles/swap.ts'
import type { TroubleRequest } from './troubles/troubles.ts'
import type { Truth } from './truth.ts'

export type { SimulatedRecord } from './render.ts'

export type SimulateOptions = {
  enterprises: number
  days: number
  seed: number
  /** The first instant; best a local midnight, so that days are days. */
  start: Date | number
  /** False: the same market without outbreaks. */
  outbreaks?: boolean
  /** One outbreak more that is easily seen, where the market is large enough for one. The others stay as they are. */
  clearOutbreak?: Days
  /** Two outbreaks beside each other, of half the strength, in place of each. */
  halves?: boolean
  /** False: no source falls silent, but for returns among the artefacts. */
  silences?: boolean
  /** Trouble in which counts hardly move, and what looks like trouble: nothing of it is planned unless it is asked for. */
  troubles?: readonly TroubleRequest[]
  artefacts?: readonly ArtefactRequest[]
}

/** The hidden hazard of an active enterprise at an instant: its probability of an adverse outcome in the 90 days after it. */
export type SimulatedHazard = { topic: 'hazard'; enterpriseId: string; date: string; hazard90d: number }

export type Simulation = {
  readonly truth: Truth
  /** Records in the order of knownAt. Each call runs the simulation again from its beginning. */
  records(): Generator<SimulatedRecord>
  /** Records, and on every 30th day the hazards of all enterprises. */
  steps(): Generator<SimulatedRecord | SimulatedHazard>
  /** Rows that wait to become known, in the latest run: what memory depends on. */
  pending(): number
}

export const enterprisesMax = 5_000_000
export const daysMax = 36_500
export const monthDays = 30

/**
 * @example
 * const { truth, records } = simulate(profile, { enterprises: 1000, days: 60, seed: 7, start: Date.UTC(2025, 0, 1) })
 * for (const { topic, key, text } of records()) send(topic, key, text)
 * @throws ForewarnError FW_USAGE for numbers outside of what the simulator can do.
 */
export function simulate(profile: Profile, options: SimulateOptions): Simulation {
  const { enterprises, days, seed, outbreaks = true, halves = false, silences = true, clearOutbreak } = options
  const { troubles: requested = [], artefacts = [] } = options
  const startMs = Number(options.start)
  check('enterprises', enterprises, 1, enterprisesMax)
  check('days', days, 1, daysMax)
  check('seed', seed, 0, Number.MAX_SAFE_INTEGER)
  check('start (milliseconds since 1970)', startMs, 10 * 365 * dayMs, 100 * 365 * dayMs)
  const plan = makePlan(profile, {
    enterprises,
    days,
    seed,
    startMs,
    outbreaks,
    halves,
    silences,
    clearOutbreak,
    troubles: requested,
    artefacts,
  })
  let latest: Market | undefined
  function* steps(): Generator<SimulatedRecord | SimulatedHazard> {
    latest = openMarket(plan)
    yield* run(latest)
  }
  return {
    truth: plan.truth,
    steps,
    pending: () => latest?.queue.size ?? 0,
    *records() {
      for (const step of steps()) if (step.topic !== 'hazard') yield step
    },
  }
}

function check(name: string, value: number, min: number, max: number): void {
  if (Number.isSafeInteger(value) && value >= min && value <= max) return
  throw new ForewarnError('FW_USAGE', [`${name} must be a whole number from ${min} to ${max}, not ${value}.`])
}

function* run(market: Market): Generator<SimulatedRecord | SimulatedHazard> {
  const { plan } = market
  const render = renderer(plan)
  for (let day = -warmUpDays; day < 0; day++) usualEvents(market, day)
  lateFirstGrades(market)
  yield* opening(market, render)
  for (let day = 0; day < plan.options.days; day++) {
    if (day % monthDays === 0) yield* month(market, render, day)
    fill(market, day)
    for (const taken of market.queue.take(day)) {
      const row = swapped(market, taken, day)
      if (takeEffect(market, row, day)) yield rendered(market, render, row)
    }
  }
}

/** The register and the first grades. */
function* opening({ plan, grade }: Market, render: Renderer): Generator<SimulatedRecord> {
  const { population, options } = plan
  const known = (one: number): number => options.startMs + Math.floor((one * openingMs) / population.size)
  for (let one = 0; one < population.bornLaterFrom; one++) {
    yield render.enterprise(one, population.region[one], known(one), false)
  }
  for (let one = 0; one < population.bornLaterFrom; one++) {
    if (grade[one] === noGrade || gradedLate(one)) continue
    const effectiveMs = options.startMs - (one % 29) * dayMs
    yield render.grade(one, grade[one], Math.floor(effectiveMs / hourMs) * 3600, openingMs + known(one))
  }
}

/** All that this day brings, whenever it becomes known. */
function fill(market: Market, day: number): void {
  const endMs = dayStartMs(market, day + 1)
  for (const silence of market.silences) if (silence.toMs < endMs) backlog(market, silence, day)
  usualEvents(market, day)
  outcomes(market, day)
  market.silences = market.silences.filter((silence) => silence.toMs >= endMs)
  surges(market, day)
  troubles(market, day)
  changes(market, day)
  brokenRecords(market, day)
}

/** Each month rates follow the grades, and the hazards are told. */
function* month(market: Market, render: Renderer, day: number): Generator<SimulatedHazard> {
  const { plan, status } = market
  if (day > 0) market.tables = familyTables(weightsByFamily(plan.profile, plan.population, market.grade))
  const date = new Date(dayStartMs(market, day)).toISOString()
  for (let one = 0; one < plan.population.size; one++) {
    if (status[one] !== statuses.active) continue
    yield { topic: 'hazard', enterpriseId: render.idOf(one), date, hazard90d: hazardOf(market, one, day) }
  }
}

function brokenRecords(market: Market, day: number): void {
  const { plan, queue } = market
  const random = drawsOf(market, 'malformed', day)
  const eventsPerDay = plan.traits.reduce((sum, trait) => sum + trait.perThousandDay, 0) * (plan.population.size / 1000)
  const count = random.poisson(eventsPerDay * malformedShare)
  for (let one = 0; one < count; one++) {
    const knownAtMs = dayStartMs(market, day) + Math.floor(random.between(1, 24) * hourMs)
    const row = blank(kinds.malformed, random.int(plan.population.size), knownAtMs)
    queue.push({ ...row, type: random.int(malformedVariants), sequence: market.nextSequence++ })
  }
}

function rendered({ region }: Market, render: Renderer, row: Row): SimulatedRecord {
  if (row.kind >= kinds.registration) {
    return render.enterprise(row.enterprise, region[row.enterprise], row.knownAtMs, row.kind === kinds.closure)
  }
  if (row.kind === kinds.grade) return render.grade(row.enterprise, row.type, row.occurredSec, row.knownAtMs)
  return render.event(row)
}
