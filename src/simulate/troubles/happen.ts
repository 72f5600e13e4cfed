/** Trouble and artefacts, day by day: worse grades, sick enterprises, uploads in one second, many events of one enterprise. */
import { noGrade } from '../../../streams/profile.ts'
import { dayMs, hourMs } from '../../limits.ts'
import { gradeLater } from '../changes.ts'
import { publish } from '../events.ts'
import { dayStartMs, drawsOf, type Market, statuses } from '../market.ts'
import { Random } from '../random.ts'
import { burst, membersWhere } from '../surges.ts'
import type { PlannedArtefact } from './artefacts.ts'
import type { PlannedTrouble } from './troubles.ts'

const slideDays = 14
/** Grave events a day of a sick enterprise. */
const sickPerDay = 0.12
const staleShare = 0.5
const oldestMs = 3 * 365 * dayMs

export function troubles(market: Market, day: number): void {
  for (const trouble of market.plan.troubles) {
    const { truth, fromDay, toDay } = trouble
    if (day < fromDay || day >= toDay) continue
    if (truth.kind === 'grades' && day < fromDay + slideDays) slide(market, trouble, day)
    if (truth.kind === 'sick') sicken(market, trouble, day)
  }
  for (const artefact of market.plan.artefacts) {
    if (day < artefact.fromDay || day >= artefact.toDay) continue
    if (artefact.truth.kind === 'batch') upload(market, artefact, day)
    if (artefact.enterprise !== undefined) pester(market, artefact, artefact.enterprise, day)
  }
}

/** A share of the enterprises is found to be one grade worse, as many on each of the first days. */
function slide(market: Market, { truth, inside }: PlannedTrouble, day: number): void {
  const { grade, region, status, plan } = market
  const worst = plan.profile.grades.length - 1
  const random = drawsOf(market, truth.id, day)
  for (let one = 0; one < plan.population.size; one++) {
    const isHere = inside[region[one]] === 1 && status[one] === statuses.active && grade[one] !== noGrade
    if (!isHere || !random.chance(truth.share / slideDays)) continue
    const knownAtMs = dayStartMs(market, day) + Math.floor(random.between(9, 18) * hourMs)
    const effectiveMs = knownAtMs - random.next() * 2 * dayMs
    gradeLater(market, one, Math.min(worst, grade[one] + 1), knownAtMs, effectiveMs)
  }
}

function sicken(market: Market, { truth, inside }: PlannedTrouble, day: number): void {
  const { seed } = market.plan.options
  const isSick = (one: number): boolean => new Random(seed, truth.id, one).chance(truth.share)
  const members = membersWhere(market, truth.id, (one) => inside[market.region[one]] === 1 && isSick(one))
  const random = drawsOf(market, `${truth.id} events`, day)
  const count = random.poisson(members.length * sickPerDay)
  // One type each time: grave ones are as likely as each other, as with a swap.
  for (let one = 0; one < count; one++)
    burst(market, { members, types: [random.pick(market.plan.swapTypes.grave)], count: 1 }, day, random)
}

function pester(market: Market, { truth, types, perDay }: PlannedArtefact, enterprise: number, day: number): void {
  const random = drawsOf(market, truth.id, day)
  burst(market, { members: Uint32Array.of(enterprise), types, count: random.poisson(perDay) }, day, random)
}

/** All in one second, half of it long past. */
function upload(market: Market, { truth, types, inside, perDay }: PlannedArtefact, day: number): void {
  const { plan } = market
  const random = drawsOf(market, truth.id, day)
  const knownAtMs = dayStartMs(market, day) + Math.floor(random.between(9, 18) * hourMs)
  const members = membersWhere(market, truth.id, (one) => inside[market.region[one]] === 1)
  const count = members.length === 0 ? 0 : random.poisson(perDay)
  const rates = types.map((type) => plan.traits[type].perThousandDay)
  for (let one = 0; one < count; one++) {
    const type = types[random.weighted(rates)]
    const enterprise = members[random.int(members.length)]
    const { freshMsMax } = plan.profile.types[type]
    const ageMs = freshMsMax * (random.chance(staleShare) ? random.between(1.1, 2) : random.between(0, 0.8))
    const occurredMs = knownAtMs - Math.min(ageMs, oldestMs)
    publish(market, { type, enterprise, occurredMs, knownAtMs }, random, false)
  }
}
