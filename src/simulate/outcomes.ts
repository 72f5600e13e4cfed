/** Adverse outcomes, drawn from the hidden hazard day by day (thinning: candidates at the greatest hazard, kept in proportion). */
import { dayMs } from '../limits.ts'
import { closeLater } from './changes.ts'
import { knownAtMs } from './delays.ts'
import { publish } from './events.ts'
import { channelIndex, perDay, perDayMax } from './hazard.ts'
import { dayStartMs, drawsOf, hazardOf, type Market, statuses } from './market.ts'
import type { Random } from './random.ts'
import { timeOfDayMs } from './rhythm.ts'
import type { Channel } from './traits.ts'

/** Which past makes an outcome likely beside the others. */
const leanings: Readonly<Record<string, Channel>> = {
  'TAX.MAJOR': 'tax',
  'JUD.DISHONEST': 'judgments',
  'JUD.BANKRUPTCY': 'wages',
  'SAF.ACCIDENT': 'conduct',
  'REG.SERIOUS_LIST': 'complaints',
}
const leaning = 3
const endings: ReadonlySet<string> = new Set(['REG.REVOKE', 'JUD.BANKRUPTCY'])
const closesShare = 0.6

export function outcomes(market: Market, day: number): void {
  const { plan } = market
  const types = plan.profile.types.filter((type) => type.outcome).map((type) => type.index)
  if (types.length === 0) return
  const random = drawsOf(market, 'outcomes', day)
  const details = drawsOf(market, 'details of outcomes', day)
  const candidates = random.poisson(plan.population.size * perDayMax)
  for (let one = 0; one < candidates; one++) {
    const enterprise = random.int(plan.population.size)
    const threshold = random.next() * perDayMax
    if (market.status[enterprise] !== statuses.active) continue
    if (threshold >= perDay(hazardOf(market, enterprise, day))) continue
    happen(market, enterprise, drawOutcome(market, types, market.sums.settle(enterprise, day), details), day, details)
  }
}

function happen(market: Market, enterprise: number, type: number, day: number, random: Random): void {
  const { profile, traits } = market.plan
  const occurredMs = dayStartMs(market, day) + timeOfDayMs(random.next(), random.next())
  const known = knownAtMs(occurredMs, traits[type], profile.file.tick.utcOffsetMinutes, random)
  publish(market, { type, enterprise, occurredMs, knownAtMs: known }, random)
  if (endings.has(profile.types[type].code) && random.chance(closesShare)) {
    closeLater(market, enterprise, known + Math.floor(random.between(5, 40) * dayMs))
  }
}

/** @param at Where the enterprise's sums begin. */
function drawOutcome(market: Market, types: readonly number[], at: number, random: Random): number {
  const weights = types.map((type) => {
    const channel = leanings[market.plan.profile.types[type].code]
    if (channel === undefined) return 1
    const past = market.sums.values[at + channelIndex(channel)]
    return 1 + (leaning * past) / (past + 1)
  })
  return types[random.weighted(weights)]
}
