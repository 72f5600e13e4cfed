/**
 * Arbitrary markets for the judge: trees of two or three levels, policies of any strictness, ticks of any length, weeks with a
 * rhythm, outbreaks of any place, size and length, and events that are taken back at once, within their tick or after it.
 */
import fc from 'fast-check'
import { compileProfile, type Profile, ProfileFile, type WarningPolicy } from '../../../streams/profile.ts'
import type { CodeRow } from '../../../streams/tree.ts'
import { poisson, type Random, seeded } from '../../models/random.ts'
import { tinySource } from '../tinyProfile.ts'
import type { Sent } from './product.ts'

/** An event as it is sent. `counts`: fresh and of a judged type. */
export type SentEvent = {
  id: string
  enterpriseId: string
  type: string
  atMs: number
  agoMs: number
  source: string | undefined
  region: string
  industry: string
  counts: boolean
  takenBackMs: number | undefined
}
export type JudgedMarket = {
  profile: Profile
  beatMs: number
  /** In order of time. */
  events: readonly SentEvent[]
  firstTick: number
  ticks: number
}

type Outbreak = {
  region: number
  industry: number
  start: number
  ticks: number
  events: number
  /** In its last tick it has eight times as many. */
  explodes: boolean
  /** A third of it lies in the region above, and in none of the regions below that. */
  spreads: boolean
  /** It comes of one source, half of it long past. */
  uploads: boolean
  enterprises: number
  takenBack: 'no' | 'next tick' | 'two ticks later' | 'half of it'
}
/** Of a region, a source or a source in a region nothing comes before a tick; `stray`: but for one event in the first. */
type Beginning = { region: number | undefined; source: string | undefined; tick: number; stray: boolean }
/** Of a source, or of all, nothing comes of a region for some ticks; `keptBack`: it comes all at once in the first tick after them. */
type Silence = {
  region: number | undefined
  source: string | undefined
  tick: number
  ticks: number
  keptBack: boolean
}
export type MarketPlan = {
  unit: 'hour' | 'day' | 'week'
  counties: readonly number[]
  towns: number
  divisions: readonly number[]
  judged: { regions: readonly string[]; industries: readonly string[] }
  policy: Omit<WarningPolicy, 'regionLevels' | 'industryLevels' | 'detector'>
  ticks: number
  firstTick: number
  eventsPerTick: number
  rhythm: 'even' | 'Sundays rest' | 'Mondays only'
  outbreaks: readonly Outbreak[]
  beginnings: readonly Beginning[]
  silences: readonly Silence[]
  seed: number
}

const [hourMs, dayMs] = [3_600_000, 86_400_000]
/** Events come in one hour of so many: a day has six beats with some, enough for early calls, and the oracle counts anew in each. */
const hoursApart = { hour: 1, day: 4, week: 8 } as const
const regionLevels = ['province', 'county', 'town']
const industryLevels = ['section', 'division']
const enterprises = 40

const ratios = (blue: number, yellow: number, orange: number, red: number) => ({
  blue: { rateRatioMin: blue },
  yellow: { rateRatioMin: yellow },
  orange: { rateRatioMin: orange },
  red: { rateRatioMin: red },
})
export const easyLevels = ratios(1.1, 1.3, 1.6, 2)
const levels = { strict: ratios(1.5, 2, 3, 4), easy: easyLevels, tall: ratios(3, 3.5, 4.5, 6) } as const

/** A large budget makes much of a small market. */
const policy = fc.record({
  levels: fc.constantFrom(levels.strict, levels.easy, levels.easy, levels.tall),
  budget: fc.constantFrom(0.5, 5, 30, 100).map((counts) => ({ counts, risk: 0.3, clusters: 0.1 })),
  eventsMin: fc.integer({ min: 1, max: 5 }),
  enterprisesMin: fc.integer({ min: 1, max: 4 }),
  clearTicks: fc.constantFrom(1, 1, 2, 3),
  historyTicksMin: fc.integer({ min: 1, max: 12 }),
})

const outbreak = fc.record({
  region: fc.nat(20),
  industry: fc.nat(8),
  start: fc.integer({ min: 2, max: 60 }),
  ticks: fc.constantFrom(1, 2, 3, 4, 8, 40),
  events: fc.constantFrom(3, 6, 12, 30, 80),
  explodes: fc.boolean(),
  spreads: fc.boolean(),
  uploads: fc.constantFrom(false, false, true),
  enterprises: fc.integer({ min: 1, max: 12 }),
  takenBack: fc.constantFrom('no', 'no', 'next tick', 'two ticks later', 'half of it'),
} as const)

const beginning = fc.record({
  region: fc.option(fc.nat(20), { nil: undefined }),
  source: fc.option(fc.constantFrom('hotline', 'court'), { nil: undefined }),
  tick: fc.integer({ min: 1, max: 50 }),
  stray: fc.boolean(),
})

const silence = fc.record({
  region: fc.option(fc.nat(20), { nil: undefined, freq: 1 }),
  source: fc.option(fc.constant('hotline'), { nil: undefined }),
  tick: fc.integer({ min: 15, max: 40 }),
  ticks: fc.integer({ min: 2, max: 12 }),
  keptBack: fc.boolean(),
})

export const marketPlans: fc.Arbitrary<MarketPlan> = fc
  .record({
    unit: fc.constantFrom('day', 'day', 'day', 'week', 'hour'),
    counties: fc.array(fc.nat(3), { minLength: 1, maxLength: 4 }),
    towns: fc.nat(2),
    divisions: fc.array(fc.nat(2), { minLength: 1, maxLength: 3 }),
    judged: fc.record({
      regions: fc.constantFrom(['province', 'county'], ['province', 'county'], ['province'], ['county'], regionLevels, [
        'province',
        'town',
      ]),
      industries: fc.constantFrom(['section'], ['section', 'division'], ['division']),
    }),
    policy,
    ticks: fc.integer({ min: 14, max: 45 }),
    firstTick: fc.integer({ min: 0, max: 400 }),
    eventsPerTick: fc.constantFrom(2, 8, 20, 40),
    rhythm: fc.constantFrom('even', 'Sundays rest', 'Mondays only'),
    outbreaks: fc.array(outbreak, { minLength: 1, maxLength: 6 }),
    beginnings: fc.oneof(
      { weight: 2, arbitrary: fc.constant([]) },
      { weight: 3, arbitrary: fc.array(beginning, { minLength: 1, maxLength: 3 }) },
    ),
    silences: fc.oneof(
      { weight: 1, arbitrary: fc.constant([]) },
      { weight: 2, arbitrary: fc.array(silence, { minLength: 1, maxLength: 3 }) },
    ),
    seed: fc.nat(),
  } as const)
  // A year is over after 53 weeks: from then on there is a season. A rhythm is learnt in as many weeks as it has days.
  .map((one) => ({ ...one, ticks: one.ticks + (one.unit === 'week' ? 26 : one.rhythm === 'Mondays only' ? 20 : 0) }))

export function judgedMarket(of: MarketPlan): JudgedMarket {
  const random = seeded(of.seed)
  const regionRows = rowsOf('R', of.counties, of.towns)
  const industryRows = rowsOf('I', of.divisions, 0)
  const profile = profileOf(of, regionRows, industryRows)
  const { calendar } = profile
  const firstTick = calendar.tickOf(Date.UTC(2026, 0, 1)) + of.firstTick
  // UNKNOWN and a code of no table are places too; a name stands for everything below it.
  const regions = [...regionRows.map(({ code }) => code), 'UNKNOWN', 'nowhere']
  const industries = [...industryRows.map(({ code }) => code), 'UNKNOWN']
  const homes = Array.from({ length: enterprises }, () => ({
    region: pick(random, regions),
    industry: pick(random, industries),
  }))
  const events: SentEvent[] = []
  for (let at = 0; at < of.ticks; at++) {
    const tick = firstTick + at
    const usual = poisson(random, of.eventsPerTick * rhythmOf(of.rhythm, new Date(calendar.startMs(tick) + 8 * hourMs)))
    for (let n = 0; n < usual; n++) {
      const e = Math.floor(random() * random() * enterprises)
      const { region, industry } =
        random() < 0.7 ? homes[e] : { region: pick(random, regions), industry: homes[e].industry }
      add(tick, `E${e}`, region, industry, random() < 0.06 ? 'later' : 'no')
    }
    for (const one of of.outbreaks) {
      if (at < one.start || at >= one.start + one.ticks) continue
      const [region, industry] = [regions[one.region % regions.length], industries[one.industry % industries.length]]
      const events = one.explodes && one.events <= 12 && at === one.start + one.ticks - 1 ? 8 * one.events : one.events
      for (let n = 0; n < events; n++)
        add(
          tick,
          `E${Math.floor(random() * one.enterprises)}`,
          one.spreads && n % 3 === 0 ? aboveOf(region) : region,
          industry,
          at === one.start ? one.takenBack : 'no',
          one.uploads,
        )
    }
  }
  return {
    profile,
    beatMs: hourMs,
    events: events.sort((a, b) => a.atMs - b.atMs),
    firstTick,
    ticks: of.ticks,
  }

  /** Whether nothing is sent yet of what begins later. */
  function isBefore(
    { region, source, tick, stray }: Beginning,
    event: { at: number; source: string | undefined; region: string },
  ): boolean {
    return event.at < tick && !(stray && event.at === 0) && isOf({ region, source }, event)
  }

  function isOf(
    { region, source }: { region: number | undefined; source: string | undefined },
    event: { source: string | undefined; region: string },
  ): boolean {
    const isOfRegion = region === undefined || event.region.startsWith(regions[region % regions.length])
    return isOfRegion && (source === undefined || event.source === source)
  }

  function aboveOf(region: string): string {
    return regionRows.find(({ code }) => code === region)?.parent || region
  }

  function add(
    tick: number,
    enterpriseId: string,
    region: string,
    industry: string,
    takenBack: Outbreak['takenBack'] | 'later',
    uploads = false,
  ): void {
    let atMs = calendar.startMs(tick) + momentIn(calendar.tickMs)
    const source = uploads ? 'hotline' : pick(random, ['hotline', 'hotline', 'court', undefined])
    const luck = random()
    const isStale = luck < (uploads ? 0.4 : 0.04)
    const type = luck > 0.9 ? 'PEN.NOTE' : luck > 0.6 ? 'PEN.FINE' : 'CMP.COMPLAINT'
    const at = tick - firstTick
    if (of.beginnings.some((one) => isBefore(one, { at, source, region }))) return
    const silence = of.silences.find(
      (one) => at >= one.tick && at < one.tick + one.ticks && isOf(one, { source, region }),
    )
    if (silence !== undefined) {
      if (!silence.keptBack || silence.tick + silence.ticks >= of.ticks) return
      atMs += (silence.tick + silence.ticks - at) * calendar.tickMs
    }
    events.push({
      id: `e${events.length}`,
      enterpriseId: random() < 0.08 ? 'place:R1' : enterpriseId,
      type,
      atMs,
      agoMs: isStale ? 31 * dayMs : 0,
      source,
      region,
      industry,
      counts: !isStale && type !== 'PEN.NOTE',
      takenBackMs: backMs(atMs, calendar.tickOf(atMs), takenBack),
    })
  }

  function backMs(atMs: number, tick: number, takenBack: Outbreak['takenBack'] | 'later'): number | undefined {
    const [next, whenever] = [calendar.endMs(tick), momentIn(calendar.tickMs)]
    if (takenBack === 'no' || (takenBack === 'half of it' && random() < 0.5)) return undefined
    if (takenBack === 'two ticks later') return next + calendar.tickMs + whenever
    if (takenBack !== 'later') return next + whenever
    return atMs + Math.floor(random() ** 3 * 4 * hoursOf(calendar.tickMs)) * hoursApart[of.unit] * hourMs
  }

  /** In a length of whole hours, in seconds. */
  function momentIn(lengthMs: number): number {
    const from = Math.floor(random() * hoursOf(lengthMs)) * hoursApart[of.unit] * hourMs
    return from + Math.floor((random() * hourMs) / 1_000) * 1_000
  }

  function hoursOf(lengthMs: number): number {
    return lengthMs / hourMs / hoursApart[of.unit]
  }
}

export type SentBeat = { beat: number; come: SentEvent[]; gone: SentEvent[]; sent: Sent[] }

/** Beats with what comes in them and what is taken back, and those that end a tick. */
export function beatsOf({ profile, beatMs, events, firstTick, ticks }: JudgedMarket): SentBeat[] {
  const beats = new Map<number, SentBeat>()
  const at = (ms: number): SentBeat => {
    const beat = Math.floor(ms / beatMs)
    const known = beats.get(beat) ?? { beat, come: [], gone: [], sent: [] }
    beats.set(beat, known)
    return known
  }
  const { endMs } = profile.calendar
  for (let tick = firstTick; tick < firstTick + ticks; tick++) at(endMs(tick) - 1)
  for (const one of events) {
    at(one.atMs).come.push(one)
    at(one.atMs).sent.push(eventOf(one))
    const { takenBackMs } = one
    if (takenBackMs === undefined || takenBackMs >= endMs(firstTick + ticks - 1)) continue
    at(takenBackMs).gone.push(one)
    at(takenBackMs).sent.push(retractionOf(one, takenBackMs))
  }
  return [...beats.values()].sort((one, other) => one.beat - other.beat)
}

function eventOf({ id, enterpriseId, type, atMs, agoMs, source, region, industry }: SentEvent): Sent {
  const occurredAt = new Date(atMs - agoMs).toISOString()
  const value = { id, enterpriseId, type, occurredAt, source, region, industry }
  return { topic: 'risk-events', key: enterpriseId, value }
}

function retractionOf({ id, enterpriseId }: SentEvent, atMs: number): Sent {
  const value = { id: `r${id}`, enterpriseId, type: 'PEN.NOTE', occurredAt: new Date(atMs).toISOString(), retracts: id }
  return { topic: 'risk-events', key: enterpriseId, value }
}

/** `R1`, `R2` with `R1a`, `R1b` below them, and so many towns below each of these. */
function rowsOf(name: string, below: readonly number[], deepest: number): CodeRow[] {
  const row = (code: string, parent: string): CodeRow => ({ code, parent, names: { en: code } })
  return below.flatMap((count, at) => {
    const top = `${name}${at + 1}`
    const middle = 'abc'
      .slice(0, count)
      .split('')
      .map((letter) => top + letter)
    return [
      row(top, ''),
      ...middle.flatMap((code) => [
        row(code, top),
        ...Array.from({ length: deepest }, (_, n) => row(`${code}${n + 1}`, code)),
      ]),
    ]
  })
}

function profileOf(of: MarketPlan, regions: CodeRow[], industries: CodeRow[]): Profile {
  const { file } = tinySource
  return compileProfile({
    ...tinySource,
    file: ProfileFile.parse({
      ...file,
      regions: { ...file.regions, levels: regionLevels },
      industries: { ...file.industries, levels: industryLevels },
      tick: { unit: of.unit, utcOffsetMinutes: 480 },
      warnings: { ...of.policy, regionLevels: of.judged.regions, industryLevels: of.judged.industries },
    }),
    regions,
    industries,
  })
}

/** What a day has of the events of an even one; the date is that of the profile's clock. */
function rhythmOf(rhythm: MarketPlan['rhythm'], localDate: Date): number {
  const weekday = localDate.getUTCDay()
  if (rhythm === 'Sundays rest') return weekday === 0 ? 1 / 6 : 1
  if (rhythm === 'Mondays only') return weekday === 1 ? 7 : 0
  return 1
}

function pick<T>(random: Random, values: readonly T[]): T {
  return values[Math.floor(random() * values.length)]
}
