/** What changes in the register and in the grades: new enterprises, moves, closures, monthly refreshes, grades that come late. */
import { noGrade } from '../../streams/profile.ts'
import { dayMs, hourMs } from '../limits.ts'
import { fade } from './hazard.ts'
import { dayStartMs, drawsOf, gradedLate, type Market, statuses } from './market.ts'
import { blank, flags, kinds, type Row } from './queue.ts'
import type { Random } from './random.ts'

const refreshedPerMonth = 0.35
const movedPerMonth = 0.003
const closedPerMonth = 0.001
const monthDays = 30
const worseAtLeast = 0.03
const betterShare = 0.09
const futureShare = 0.08
const lateShare = 0.06

function inOffice(market: Market, day: number, random: Random): number {
  return dayStartMs(market, day) + Math.floor(random.between(9, 18) * hourMs)
}

export function changes(market: Market, day: number): void {
  births(market, day)
  refreshes(market, day)
  moves(market, day)
  closures(market, day)
}

/** Grades of whole hours: `effectiveMs` is cut to the hour. */
export function gradeLater(
  market: Market,
  enterprise: number,
  grade: number,
  knownAtMs: number,
  effectiveMs: number,
): void {
  const occurredSec = Math.floor(effectiveMs / hourMs) * 3600
  market.queue.push({ ...blank(kinds.grade, enterprise, knownAtMs), type: grade, occurredSec })
}

export function closeLater(market: Market, enterprise: number, knownAtMs: number): void {
  market.queue.push(blank(kinds.closure, enterprise, knownAtMs))
}

/** First grades that are published days or weeks after they came into force. */
export function lateFirstGrades(market: Market): void {
  const { population } = market.plan
  const random = drawsOf(market, 'late first grades', 0)
  for (let one = 0; one < population.bornLaterFrom; one++) {
    const grade = population.grade[one]
    if (!gradedLate(one) || grade === noGrade) continue
    gradeLater(market, one, grade, inOffice(market, 1 + random.int(20), random), dayStartMs(market, -random.int(20)))
  }
}

/** The last per cent of the enterprises is registered one after the other, on every day but the first and the last. */
function births(market: Market, day: number): void {
  const { population, options } = market.plan
  const days = options.days - 2
  if (days < 1 || day < 1 || day > days) return
  const random = drawsOf(market, 'births', day)
  const born = population.size - population.bornLaterFrom
  const upTo = (past: number): number => population.bornLaterFrom + Math.floor((born * past) / days)
  for (let one = upTo(day - 1); one < upTo(day); one++) {
    const knownAtMs = inOffice(market, day, random)
    market.queue.push(blank(kinds.registration, one, knownAtMs))
    const grade = population.grade[one]
    const first = inOffice(market, day + 1 + random.int(20), random)
    if (grade !== noGrade) gradeLater(market, one, grade, first, knownAtMs)
  }
}

/** A third of the grades is looked at again each month; bad months make them worse. */
function refreshes(market: Market, day: number): void {
  const { plan } = market
  const worst = plan.profile.grades.length - 1
  if (worst === 0) return
  const random = drawsOf(market, 'refreshes', day)
  const count = random.poisson((plan.population.size * refreshedPerMonth) / monthDays)
  for (let one = 0; one < count; one++) {
    const enterprise = random.int(plan.population.size)
    const step = random.next()
    const timing = random.next()
    const knownAtMs = inOffice(market, day, random)
    const spread = random.next()
    const now = market.grade[enterprise]
    if (market.status[enterprise] !== statuses.active || now === noGrade) continue
    const at = market.sums.settle(enterprise, day)
    const past = market.sums.values[at + 1] + market.sums.values[at + 3]
    const worse = worseAtLeast + (0.15 * past) / (past + 3)
    const next = step < worse ? now + 1 : step > 1 - betterShare ? now - 1 : now
    gradeLater(
      market,
      enterprise,
      Math.min(worst, Math.max(1, next)),
      knownAtMs,
      effectiveMs(knownAtMs, timing, spread),
    )
  }
}

/** Mostly from up to five days ago, sometimes from a day to come, sometimes long past. */
function effectiveMs(knownAtMs: number, timing: number, spread: number): number {
  if (timing < futureShare) return knownAtMs + (1 + spread * 20) * dayMs
  if (timing < futureShare + lateShare) return knownAtMs - (20 + spread * 40) * dayMs
  return knownAtMs - spread * 5 * dayMs
}

function moves(market: Market, day: number): void {
  const { population } = market.plan
  const random = drawsOf(market, 'moves', day)
  const count = random.poisson((population.size * movedPerMonth) / monthDays)
  for (let one = 0; one < count; one++) {
    const enterprise = random.int(population.size)
    const far = random.chance(0.5)
    const region = far ? population.regions.pick(random) : population.regions.near(market.region[enterprise], random)
    const knownAtMs = inOffice(market, day, random)
    if (market.status[enterprise] !== statuses.active || region === market.region[enterprise]) continue
    market.queue.push({ ...blank(kinds.move, enterprise, knownAtMs), region })
  }
}

function closures(market: Market, day: number): void {
  const { population } = market.plan
  const random = drawsOf(market, 'closures', day)
  const count = random.poisson((population.size * closedPerMonth) / monthDays)
  for (let one = 0; one < count; one++) {
    const enterprise = random.int(population.size)
    closeLater(market, enterprise, inOffice(market, day, random))
  }
}

/** What a row does to the market at the moment when it becomes known. False: it is no news, and nothing is sent. */
export function takeEffect(market: Market, row: Row, day: number): boolean {
  const { enterprise } = row
  if (row.kind === kinds.registration) market.status[enterprise] = statuses.active
  else if (row.kind === kinds.move) {
    if (market.status[enterprise] !== statuses.active) return false
    market.region[enterprise] = row.region
  } else if (row.kind === kinds.closure) {
    if (market.status[enterprise] !== statuses.active) return false
    market.status[enterprise] = statuses.closed
  } else if (row.kind === kinds.gradeInForce) {
    market.grade[enterprise] = row.type
    return false
  } else if (row.kind === kinds.grade) grade(market, row, day)
  else remember(market, row, day)
  return true
}

function grade(market: Market, row: Row, day: number): void {
  if (market.status[row.enterprise] === statuses.unborn) return
  const inForceMs = row.occurredSec * 1000
  if (inForceMs < dayStartMs(market, day + 1)) market.grade[row.enterprise] = row.type
  else market.queue.push({ ...row, kind: kinds.gradeInForce, knownAtMs: inForceMs })
}

/** The hazard remembers what is known: an event adds its faded weight, a retraction takes it away. */
function remember(market: Market, row: Row, day: number): void {
  if (row.enterprise >= market.plan.population.size || row.flags & (flags.place | flags.unknownType)) return
  const channel = market.channels[row.type]
  if (channel === undefined) return
  const days = Math.floor((row.knownAtMs / 1000 - row.occurredSec) / 86_400)
  if (row.kind === kinds.event) market.sums.add(row.enterprise, channel, day, fade(days))
  if (row.kind === kinds.retraction) market.sums.add(row.enterprise, channel, day, -fade(30))
}
