/** Puts the flaws of `flaws.ts` into records: before they are sent, or by what is sent after them. */
import { unknownIndex } from '../../../streams/tree.ts'
import { dayMs, hourMs, minuteMs } from '../../limits.ts'
import { afterOpening, type Market } from '../market.ts'
import { flags, kinds, type Row } from '../queue.ts'
import type { Random } from '../random.ts'
import type { Flaw } from './flaws.ts'

const strangersMin = 20
const strangerShare = 0.005

/** Spoils the record itself, before it is sent. */
export function spoil(market: Market, row: Row, flaw: Flaw, random: Random): void {
  const { population } = market.plan
  if (flaw === 'ownRegion') {
    const near = population.regions.near(market.region[row.enterprise], random)
    row.region = random.chance(0.5) ? near : population.regions.pick(random)
  } else if (flaw === 'ownIndustry') row.industry = population.industries.pick(random)
  else if (flaw === 'unknownRegion') row.region = unknownIndex
  else if (flaw === 'unknownType') row.flags |= flags.unknownType
  else if (flaw === 'noSource') row.flags |= flags.noSource
  else if (flaw === 'place') {
    row.flags |= flags.place
    row.region = market.region[row.enterprise]
  } else if (flaw === 'stranger') {
    row.enterprise = population.size + random.int(Math.max(strangersMin, Math.floor(population.size * strangerShare)))
    if (random.chance(0.7)) row.region = population.regions.pick(random)
  }
}

/** Sends what follows a record: copies, contradictions, retractions. */
export function followUp(market: Market, row: Row, flaw: Flaw, random: Random): void {
  const later = (fromMs: number, toMs: number): number =>
    afterOpening(market, row.knownAtMs + Math.floor(random.between(fromMs, toMs)))
  const retract = (knownAtMs: number, target = row.sequence): void => {
    const occurredSec = Math.floor(knownAtMs / 1000) - 60
    const sequence = market.nextSequence++
    market.queue.push({
      ...row,
      kind: kinds.retraction,
      sequence,
      target,
      knownAtMs,
      occurredSec,
      flags: row.flags & flags.place,
    })
  }
  if (flaw === 'duplicate') {
    const knownAtMs = random.chance(0.5) ? later(minuteMs, hourMs) : later(hourMs, 10 * dayMs)
    market.queue.push({ ...row, kind: kinds.duplicate, knownAtMs })
  } else if (flaw === 'conflict') {
    const severity = (row.severity % 5) + 1
    const knownAtMs = later(hourMs, 3 * dayMs)
    market.queue.push({ ...row, kind: kinds.conflict, knownAtMs, severity, flags: row.flags | flags.severity })
  } else if (flaw === 'retraction') retract(later(5 * dayMs, 60 * dayMs))
  else if (flaw === 'retractionEarly') {
    const waited = row.knownAtMs - row.occurredSec * 1000
    retract(afterOpening(market, row.knownAtMs - Math.floor(random.next() * waited)))
  } else if (flaw === 'retractionTwice') {
    retract(later(dayMs, 10 * dayMs))
    retract(later(10 * dayMs, 25 * dayMs))
  } else if (flaw === 'retractionStray') retract(later(hourMs, 20 * dayMs), market.nextSequence++)
}
