/** The events of one beat: decoded in log order, kept as a set, row by row; every record gets its one fate. */
import { compareKept, hourOf } from '../../models/facts.ts'
import type { Fate } from '../../streams/outputs.ts'
import type { Profile } from '../../streams/profile.ts'
import type { ErrorCode } from '../errors.ts'
import { futureMsMax, horizonHours } from '../limits.ts'
import type { LogRecord } from '../log/port.ts'
import { isRefusal } from '../records.ts'
import type { DecodedEvent, Decoder } from './decode.ts'
import { type BeatTime, type Kept, keepEvent, keepRetraction, trim } from './keep.ts'
import type { RowBook } from './rowBook.ts'
import type { Tally } from './tally.ts'

/** What becomes of a record: its position in the beat's records, and its fate. */
export type Settle = (at: number, fate: Fate, code: ErrorCode | undefined, detail: string) => void

export class EventFold {
  private readonly profile: Profile
  private readonly decoder: Decoder
  private readonly book: RowBook
  private readonly tally: Tally
  private words = new Int32Array(1_024)
  /** First admitted event of each touched row, and the next one of the same row; linked by position + 1, 0 ends. */
  private heads = new Int32Array(256)
  private links = new Int32Array(256)

  constructor(profile: Profile, decoder: Decoder, book: RowBook, tally: Tally) {
    this.profile = profile
    this.decoder = decoder
    this.book = book
    this.tally = tally
  }

  /** `flags` receives what was odd about each admitted record. */
  fold(
    records: readonly LogRecord[],
    time: BeatTime,
    before: (row: number, slot: number) => void,
    settle: Settle,
    flags: (set: number) => void,
  ): void {
    if (records.length === 0) return
    const { events, positions } = this.decodeAll(records, time, settle)
    this.link(events, before)
    const { touched, rows } = this.book
    for (let slot = 0; slot < touched.length; slot++) {
      if (this.heads[slot] === 0) continue
      for (const at of this.eventsOf(slot, events, (one) => records[positions[one]].value)) {
        const { fate, code } = this.keep(touched[slot], events[at], time)
        if (fate === 'applied' || fate === 'stale' || fate === 'retraction') this.book.change(touched[slot])
        settle(positions[at], fate, code, '')
        flags(events[at].flags)
      }
      if (trim(rows, touched[slot]) > 0) this.tally.recountOf(touched[slot])
    }
  }

  private decodeAll(
    records: readonly LogRecord[],
    time: BeatTime,
    settle: Settle,
  ): { events: DecodedEvent[]; positions: number[] } {
    const { stride } = this.book.rows
    if (records.length * stride > this.words.length) this.words = new Int32Array(records.length * stride * 2)
    const events: DecodedEvent[] = []
    const positions: number[] = []
    for (let at = 0; at < records.length; at++) {
      const event = this.decoder.event(records[at], this.words, at * stride)
      if (isRefusal(event)) {
        settle(at, 'dead', event.refused, event.detail)
        continue
      }
      const misfit = timeMisfit(event, time)
      if (misfit !== undefined) {
        settle(at, 'dead', misfit, new Date(event.occurredMs).toISOString())
        continue
      }
      events.push(event)
      positions.push(at)
    }
    return { events, positions }
  }

  private link(events: readonly DecodedEvent[], before: (row: number, slot: number) => void): void {
    const { book } = this
    const rowOf = book.rowsOf(events.map((event) => event.enterpriseId))
    if (events.length > this.links.length) this.links = new Int32Array(events.length * 2)
    const slotsMax = book.touched.length + events.length
    if (slotsMax > this.heads.length) this.heads = new Int32Array(slotsMax * 2)
    this.heads.fill(0, 0, slotsMax)
    for (let at = 0; at < events.length; at++) {
      const slot = book.touch(rowOf[at], before)
      this.links[at] = this.heads[slot]
      this.heads[slot] = at + 1
    }
  }

  /** Events of one row as a set, then its retractions (docs/fold.md rule 6). */
  private eventsOf(
    slot: number,
    events: readonly DecodedEvent[],
    bytesOf: (at: number) => Uint8Array,
  ): readonly number[] {
    const first = this.heads[slot] - 1
    if (this.links[first] === 0) return [first]
    const list: number[] = []
    for (let at = first; at >= 0; at = this.links[at] - 1) list.push(at)
    // Records that differ in nothing that is kept (minutes, say) go by their bytes: which one counts must not hang on who came first.
    return list.sort(
      (a, b) => byKindThenId(events[a], events[b], this.book.rows.stride) || Buffer.compare(bytesOf(a), bytesOf(b)),
    )
  }

  private keep(row: number, event: DecodedEvent, time: BeatTime): Kept {
    const { tally, book, profile } = this
    const { words, at } = event
    tally.arrived(event.source, tally.leafRegion(row, words[at + 3], words[at + 4], time.tick))
    if (event.retracts === undefined) {
      const kept = keepEvent(book.rows, row, event, time, profile.types[event.type].freshMsMax)
      if (kept.fate === 'applied' || kept.fate === 'stale') tally.fact(row, words, at, time.tick, 1)
      return kept
    }
    return keepRetraction(book.rows, row, event, event.retracts, time, (gone, goneAt) =>
      tally.retracted(row, gone, goneAt, time.tick),
    )
  }
}

function timeMisfit(event: DecodedEvent, time: BeatTime): 'FW_EVENT_TOO_OLD' | 'FW_EVENT_FUTURE' | undefined {
  if (time.knownHour - hourOf(event.occurredMs) > horizonHours) return 'FW_EVENT_TOO_OLD'
  if (event.occurredMs > time.knownAtMs + futureMsMax) return 'FW_EVENT_FUTURE'
  return undefined
}

/** Events by (id hash, kept fields), then retractions by (target, own id). */
function byKindThenId(x: DecodedEvent, y: DecodedEvent, stride: number): number {
  if (x.retracts === undefined && y.retracts === undefined)
    return compareId(x, y) || compareKept(x.words, x.at, y.words, y.at, stride)
  if (x.retracts === undefined) return -1
  if (y.retracts === undefined) return 1
  return (
    (x.retracts.high >>> 0) - (y.retracts.high >>> 0) ||
    (x.retracts.low >>> 0) - (y.retracts.low >>> 0) ||
    compareId(x, y)
  )
}

function compareId(x: DecodedEvent, y: DecodedEvent): number {
  return (x.words[x.at] >>> 0) - (y.words[y.at] >>> 0) || (x.words[x.at + 1] >>> 0) - (y.words[y.at + 1] >>> 0)
}
