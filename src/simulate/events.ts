/** The usual risk events of one day, type by type: drawn from a Poisson number of candidates, thinned by the mood of the day. */
import { unknownIndex } from '../../streams/tree.ts'
import { dayMs } from '../limits.ts'
import { knownAtMs } from './delays.ts'
import { followUp, spoil } from './flaws/dirt.ts'
import { drawFlaw } from './flaws/flaws.ts'
import { afterOpening, dayStartMs, drawsOf, type Market, statuses } from './market.ts'
import { blank, flags, kinds, type Row } from './queue.ts'
import type { Random } from './random.ts'
import { dayFactor, localDay, timeOfDayMs } from './rhythm.ts'
import { heldBack, type PlannedSilence } from './silences.ts'
import { drawAmount } from './traits.ts'

/** Events from before the start that become known after it: the stream is in its steady state from the first day on. */
export const warmUpDays = 60
const warmUpHoursMin = 6 // faster types need no warm-up
const moodSpread = 0.1
const moodMin = 0.75
const moodMax = 1.3
const backlogShare = 0.25 // of what the source usually says in the time of its silence
const otherSeverityShare = 0.1

/** Common factors of a day on everything in a province and in a section: counts vary a little more than Poisson's. */
function moods(market: Market, axis: 'regions' | 'industries', day: number): Float32Array {
  const random = drawsOf(market, `mood of ${axis}`, day)
  const draw = (): number => Math.min(moodMax, Math.max(moodMin, Math.exp(moodSpread * random.normal())))
  const byTop = new Map<number, number>()
  const { topOf } = market.plan.population[axis]
  return Float32Array.from(topOf, (top) => {
    const known = byTop.get(top) ?? draw()
    byTop.set(top, known)
    return known
  })
}

export function usualEvents(market: Market, day: number): void {
  const { plan } = market
  const offset = plan.profile.file.tick.utcOffsetMinutes
  const local = localDay(dayStartMs(market, day), offset)
  const regionMood = moods(market, 'regions', day)
  const industryMood = moods(market, 'industries', day)
  const { industry, size } = plan.population
  for (const [type, trait] of plan.traits.entries()) {
    const { code } = plan.profile.types[type]
    if (trait.perThousandDay === 0 || (day < 0 && trait.delayHours < warmUpHoursMin)) continue
    const random = drawsOf(market, `events ${code}`, day)
    const details = drawsOf(market, `details ${code}`, day)
    const table = market.tables[trait.family]
    const mean = (trait.perThousandDay / 1000) * size * dayFactor(code, trait.family, local)
    const candidates = random.poisson(mean * moodMax * moodMax)
    for (let one = 0; one < candidates; one++) {
      const enterprise = table.pick(random)
      const mood = regionMood[market.region[enterprise]] * industryMood[industry[enterprise]]
      const occurredMs = local.startMs + timeOfDayMs(random.next(), random.next())
      if (random.next() * moodMax * moodMax >= mood || market.status[enterprise] !== statuses.active) continue
      const known = knownAtMs(occurredMs, trait, offset, details)
      publish(market, { type, enterprise, occurredMs, knownAtMs: known }, details)
    }
  }
}

export type Happening = { type: number; enterprise: number; occurredMs: number; knownAtMs: number }

/** Makes a record of what happened, with its flaws and what follows it, and lets it wait until it is known. */
export function publish(market: Market, happening: Happening, random: Random, held = true): void {
  const { type, enterprise } = happening
  const flaw = drawFlaw(random)
  const row = detailed(market, happening, random)
  if (flaw !== undefined) spoil(market, row, flaw, random)
  if (held && market.silences.length > 0) {
    const region = row.region === 0 ? (market.region[enterprise] ?? unknownIndex) : row.region
    row.knownAtMs = heldBack(market.silences, market.plan.sources[type], region, row.knownAtMs, random)
  }
  market.queue.push(row)
  if (flaw !== undefined) followUp(market, row, flaw, random)
}

function detailed(market: Market, { type, enterprise, occurredMs, knownAtMs: known }: Happening, random: Random): Row {
  const trait = market.plan.traits[type]
  const usual = market.plan.profile.types[type].severity
  const other = random.next() < otherSeverityShare
  const severity = other ? Math.min(5, Math.max(1, usual + (random.next() < 0.5 ? -1 : 1))) : usual
  return {
    ...blank(kinds.event, enterprise, afterOpening(market, known)),
    type,
    severity,
    flags: (other ? flags.severity : 0) | (trait.amount === undefined ? 0 : flags.amount),
    sequence: market.nextSequence++,
    occurredSec: Math.floor(occurredMs / 1000),
    amount: drawAmount(trait, random),
  }
}

/** The old cases that come out with an upload after a silence: known long after they were fresh. */
export function backlog(market: Market, silence: PlannedSilence, day: number): void {
  const { plan } = market
  const random = drawsOf(market, `backlog of ${silence.truth.region}`, day)
  const silentDays = (silence.toMs - silence.fromMs) / dayMs
  for (const [type, trait] of plan.traits.entries()) {
    if (plan.sources[type] !== silence.source || trait.perThousandDay === 0) continue
    const count = random.poisson((trait.perThousandDay / 1000) * plan.population.size * silentDays * backlogShare)
    for (let one = 0; one < count; one++) {
      const enterprise = market.tables[trait.family].pick(random)
      const waitedMs = plan.profile.types[type].freshMsMax * random.between(1.1, 2) + random.next() * 30 * dayMs
      const inside = silence.inside[market.region[enterprise]] === 1 && market.status[enterprise] === statuses.active
      if (!inside) continue
      const known = silence.toMs + random.int(20 * 60_000)
      publish(
        market,
        { type, enterprise, occurredMs: known - Math.min(waitedMs, 3 * 365 * dayMs), knownAtMs: known },
        random,
        false,
      )
    }
  }
}
