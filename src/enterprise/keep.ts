/**
 * Keep: one event or retraction meets the facts of its row and gets its fate (docs/fold.md rules 7-9). A row is a set: the order in
 * which records of one beat arrive makes no difference.
 */
import { compareKept, factHour, factTick, freshBit, hourOf, packTombstone2, tombstoneBit } from '../../models/facts.ts'
import type { Fate } from '../../streams/outputs.ts'
import { factsPerRowMax, futureMsMax, horizonHours } from '../limits.ts'
import type { EventColumns } from './eventColumns.ts'
import { before, type EnterpriseRows } from './rows.ts'

/** What a beat means for every record of it: all are known at its end. */
export type BeatTime = { knownAtMs: number; knownHour: number; tick: number }

export type Kept = { fate: Fate; code?: 'FW_EVENT_CONFLICT' | 'FW_ROW_FULL' }

/** A row may hold more than its limit until the beat's end; this is where its counter ends. */
const factsWithinBeatMax = 2 ** 17 - 1

export function keepEvent(
  rows: EnterpriseRows,
  row: number,
  events: EventColumns,
  event: number,
  time: BeatTime,
  freshMsMax: number,
): Kept {
  const { words } = events
  const own = event * events.stride
  const high = words[own]
  const low = words[own + 1]
  const facts = rows.facts(row)
  const { words: held, stride } = facts
  const oldestHour = time.knownHour - horizonHours
  let isTaken = false // the id is a retraction's; an event that was taken back is absorbed all the same
  const end = rows.mayHold(row, high, low) ? facts.offset + facts.count * stride : 0
  for (let at = facts.offset; at < end; at += stride) {
    const isTombstone = (held[at + 2] & tombstoneBit) !== 0
    const isSame = held[at + 1] === low && held[at] === high
    const isOwn = isTombstone && held[at + 4] === low && held[at + 3] === high
    if ((!isSame && !isOwn) || factHour(held[at + 2]) < oldestHour) continue
    if (isSame && !isTombstone) return compareKept(held, at, words, own, stride) === 0 ? duplicate : conflict
    if (isSame && factHour(words[own + 2]) <= factHour(held[at + 2])) return absorbed
    if (isOwn) isTaken = true
  }
  if (isTaken) return conflict
  if (facts.count >= factsPerRowMax && before(words, own, facts.words, facts.offset)) return rowFull
  const fresh = time.knownAtMs - events.occurredMs[event] <= freshMsMax
  words[own + 3] |= (time.tick << 12) | (fresh ? freshBit : 0)
  insert(rows, row, words, own)
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
 * `counted` receives the words of the fact that went, if one did.
 */
export function keepRetraction(
  rows: EnterpriseRows,
  row: number,
  events: EventColumns,
  event: number,
  time: BeatTime,
  gone: (words: Int32Array, at: number) => void,
): Kept {
  const { words } = events
  const own = event * events.stride
  const target = { high: events.targetHigh(event), low: events.targetLow(event) }
  const facts = rows.facts(row)
  let found: number | undefined
  let isTaken = false // its own id is an event's; a retraction with nothing to do is absorbed all the same
  for (let fact = 0; fact < facts.count; fact++) {
    const at = facts.offset + fact * facts.stride
    if (time.knownHour - factHour(facts.words[at + 2]) > horizonHours) continue
    const isTombstone = (facts.words[at + 2] & tombstoneBit) !== 0
    const isTarget = facts.words[at] === target.high && facts.words[at + 1] === target.low
    if (isTombstone) {
      if (isTarget) return absorbed // taken back before
      if (facts.words[at + 3] === target.high && facts.words[at + 4] === target.low) return absorbed // a retraction stays
    } else if (isTarget) {
      found = fact
    } else if (facts.words[at] === words[own] && facts.words[at + 1] === words[own + 1]) {
      isTaken = true
    }
  }
  if (isTaken) return conflict
  if (found !== undefined) {
    gone(facts.words, facts.offset + found * facts.stride)
    rows.removeFact(row, found)
  }
  tombstone.fill(0)
  tombstone[0] = target.high
  tombstone[1] = target.low
  tombstone[2] = packTombstone2(hourOf(time.knownAtMs + futureMsMax))
  tombstone[3] = words[own]
  tombstone[4] = words[own + 1]
  insert(rows, row, tombstone, 0)
  return retraction
}

function insert(rows: EnterpriseRows, row: number, words: Int32Array, at: number): void {
  if (rows.facts(row).count === factsWithinBeatMax) trim(rows, row)
  rows.insertFact(row, words, at)
}

/** Keeps the newest facts of an overfull row. Returns how many went. */
export function trim(rows: EnterpriseRows, row: number): number {
  const over = rows.facts(row).count - factsPerRowMax
  if (over <= 0) return 0
  rows.dropOldest(row, over)
  rows.factsDropped += over
  return over
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
