/** The extra events of outbreaks. An outbreak is a surge of what becomes known in its window, spread over many enterprises. */
import { nodesUnder } from '../../streams/tree.ts'
import { dayMs } from '../limits.ts'
import { byOffice, delayMs } from './delays.ts'
import { publish } from './events.ts'
import { dayStartMs, drawsOf, type Market, statuses } from './market.ts'
import { type PlannedOutbreak, shareOfPeak } from './outbreaks.ts'
import type { Random } from './random.ts'

const freshShareMax = 0.8 // an outbreak's events are fresh: only such ones are judged

export function surges(market: Market, day: number): void {
  for (const outbreak of market.plan.outbreaks) {
    if (day < outbreak.fromDay || day >= outbreak.toDay) market.members.delete(outbreak.truth.id)
    else surge(market, outbreak, day)
  }
}

function surge(market: Market, outbreak: PlannedOutbreak, day: number): void {
  const { truth, types, fromDay, toDay } = outbreak
  const members = membersOf(market, outbreak)
  if (members.length === 0) return
  const random = drawsOf(market, truth.id, day)
  const share = shareOfPeak(truth.shape, day - fromDay, toDay - fromDay)
  const count = random.poisson(truth.baseEventsPerDay * (truth.factor - 1) * share)
  burst(market, { members, types, count }, day, random)
}

type Burst = { members: Uint32Array; types: readonly number[]; count: number }

/** So many fresh events of these enterprises, spread evenly over them, that become known on this day. */
export function burst(market: Market, { members, types, count }: Burst, day: number, random: Random): void {
  const rates = types.map((type) => market.plan.traits[type].perThousandDay)
  for (let one = 0; one < count; one++) {
    const type = types[random.weighted(rates)]
    const enterprise = members[random.int(members.length)]
    const trait = market.plan.traits[type]
    const hour = byOffice(trait) ? random.between(9, 18) : random.between(0, 24)
    const knownAtMs = dayStartMs(market, day) + Math.floor((hour * dayMs) / 24)
    const freshMs = market.plan.profile.types[type].freshMsMax * freshShareMax
    const occurredMs = knownAtMs - Math.min(freshMs, delayMs(trait, random))
    if (market.status[enterprise] === statuses.active) {
      publish(market, { type, enterprise, occurredMs, knownAtMs }, random, false)
    }
  }
}

function membersOf(market: Market, outbreak: PlannedOutbreak): Uint32Array {
  const { profile, population } = market.plan
  const known = market.members.get(outbreak.truth.id)
  if (known) return known
  const regions = nodesUnder(profile.regions, outbreak.region)
  const industries = nodesUnder(profile.industries, outbreak.industry)
  return membersWhere(
    market,
    outbreak.truth.id,
    (one) => regions[market.region[one]] === 1 && industries[population.industry[one]] === 1,
  )
}

/** Active enterprises for which this holds on the day on which they are first asked for; remembered under the name. */
export function membersWhere(market: Market, name: string, isInside: (enterprise: number) => boolean): Uint32Array {
  const known = market.members.get(name)
  if (known) return known
  const found: number[] = []
  for (let one = 0; one < market.plan.population.size; one++)
    if (market.status[one] === statuses.active && isInside(one)) found.push(one)
  const members = Uint32Array.from(found)
  market.members.set(name, members)
  return members
}
