/**
 * Keep: one event or retraction meets the facts of its row and gets its fate (docs/fold.md rules 7-9). A row is a set: the order in
 * which records of one beat arrive makes no difference.
 */
import {
  compareKept,
  factHour,
  factTick,
  freshBit,
  hourOf,
  packTombstone2,
  tombstoneBit,
} from '../../../models/facts.ts'
import type { Fate } from '../../../streams/outputs.ts'
import { factsPerRowMax, futureMsMax, horizonHours } from '../../limits.ts'
import type { EventColumns } from '../decode/eventColumns.ts'
import type { FactSet } from './factSet.ts'
import type { EnterpriseRows } from './rows.ts'

/** What a beat means for every record of it: all are known at its end. */
export type BeatTime = { knownAtMs: number; knownHour: number; tick: number }

export type Kept = { fate: Fate; code?: 'FW_EVENT_CONFLICT' | 'FW_ROW_FULL' }

/** One event among the facts of a row. */
export function keepEvent(
  facts: FactSet,
  events: EventColumns,
  event: number,
  time: BeatTime,
  freshMsMax: number,
): Kept {
  const { words, stride } = events
  const own = event * stride
  const high = words[own]
  const low = words[own + 1]
  const oldestHour = time.knownHour - horizonHours
  let isTaken = false // the id is a retraction's; an event that was taken back is absorbed all the same
  facts.find(high, low)
  const held = facts.words
  for (const at of facts.found) {
    if (factHour(held[at + 2]) < oldestHour) continue
    const isTombstone = (held[at + 2] & tombstoneBit) !== 0
    const isSame = held[at + 1] === low && held[at] === high
    if (isSame && !isTombstone) return compareKept(held, at, words, own, stride) === 0 ? duplicate : conflict
    if (isSame && factHour(words[own + 2]) <= factHour(held[at + 2])) return absorbed
    if (isTombstone && held[at + 4] === low && held[at + 3] === high) isTaken = true
  }
  if (isTaken) return conflict
  if (facts.count >= factsPerRowMax && facts.isOldest(words, own)) return rowFull
  const fresh = time.knownAtMs - events.occurredMs[event] <= freshMsMax
  words[own + 3] |= (time.tick << 12) | (fresh ? freshBit : 0)
  facts.insert(words, own)
  return fresh ? applied : stale
}

const applied: Kept = { fate: 'applied' }
const stale: Kept = { fate: 'stale' }
const duplicate: Kept = { fate: 'duplicate' }
const absorbed: Kept = { fate: 'absorbed' }
const retraction: Kept = { fate: 'retraction' }
const conflict: Kept = { fate: 'conflict', code: 'FW_EVENT_CONFLICT' }
const rowFull: Kept = { fate: 'dead', code: 'FW_ROW_FULL' }
const tombstone = new Int32Array(16)

/**
 * A retraction takes its target out and leaves a tombstone, which absorbs a target still to come.
 * `gone` receives the words of the fact that went, if one did.
 */
export function keepRetraction(
  facts: FactSet,
  events: EventColumns,
  event: number,
  time: BeatTime,
  gone: (words: Int32Array, at: number) => void,
): Kept {
  const { words } = events
  const own = event * events.stride
  const [ownHigh, ownLow] = [words[own], words[own + 1]]
  const [high, low] = [events.targetHigh(event), events.targetLow(event)]
  const held = facts.words
  const oldestHour = time.knownHour - horizonHours
  const isSeen = (at: number): boolean => factHour(held[at + 2]) >= oldestHour
  const isTombstone = (at: number): boolean => (held[at + 2] & tombstoneBit) !== 0
  facts.find(high, low)
  const seen = facts.found.filter(isSeen)
  if (seen.some(isTombstone)) return absorbed // taken back before, or a retraction, which stays
  const target = seen.at(-1)
  if (ownHigh !== high || ownLow !== low) {
    facts.find(ownHigh, ownLow)
    // Its own id is an event's; a retraction with nothing to do is absorbed all the same.
    if (facts.found.some((at) => isSeen(at) && !isTombstone(at))) return conflict
  }
  if (target !== undefined) {
    gone(held, target)
    facts.remove(target)
  }
  tombstone.fill(0)
  tombstone[0] = high
  tombstone[1] = low
  tombstone[2] = packTombstone2(hourOf(time.knownAtMs + futureMsMax))
  tombstone[3] = ownHigh
  tombstone[4] = ownLow
  facts.insert(tombstone, 0)
  return retraction
}

/** Takes out facts and tombstones past the horizon, which no feature and no comparison sees any more. What the open tick counts stays: its going would change a cell. */
export function evict(rows: EnterpriseRows, row: number, asOfHour: number, openTick: number): void {
  const facts = rows.facts(row)
  let old = 0
  for (let at = facts.offset; old < facts.count; old++, at += facts.stride) {
    const what = facts.words[at + 2]
    if (asOfHour - factHour(what) <= horizonHours) break
    if ((what & tombstoneBit) === 0 && factTick(facts.words[at + 3]) === openTick) break
  }
  if (old > 0) rows.dropOldest(row, old)
}
