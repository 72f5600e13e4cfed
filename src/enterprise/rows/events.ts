/** The events of one beat: decoded in log order, kept as a set, row by row; every record gets its one fate. */
import { compareKept, factSource, factType, hourOf } from '../../../models/facts.ts'
import type { Fate } from '../../../streams/outputs.ts'
import type { Profile } from '../../../streams/profile.ts'
import type { ErrorCode } from '../../errors.ts'
import { futureMsMax, horizonHours, mergedEventsMin } from '../../limits.ts'
import type { LogRecord } from '../../log/port.ts'
import { isRefusal } from '../../records.ts'
import { endsSlice, isPart, type Slice, sliceLength, slicesOf, sortedInSlices } from '../../slices.ts'
import type { CellContributions } from '../cellContributions.ts'
import type { Decoder } from '../decode/decode.ts'
import { EventColumns } from '../decode/eventColumns.ts'
import type { PlainEvents } from '../decode/plainEvent.ts'
import type { Witness } from '../score/witness.ts'
import { type FactSet, RowFacts, trim } from './factSet.ts'
import { type BeatTime, type Kept, keepEvent, keepRetraction } from './keep.ts'
import { RowMerge } from './rowMerge.ts'
import { rowsAhead } from './rows.ts'
import type { TouchedRows } from './touchedRows.ts'

/** What becomes of a record: its position in the beat's records, and its fate. */
export type Settle = (at: number, fate: Fate, code: ErrorCode | undefined, detail: string) => void

/** The short way for what is plain, and the decoder for all else. */
export type EventDecoder = { plain: PlainEvents; checked: Decoder['event'] }

export class EventFold {
  readonly #profile: Profile
  readonly #decode: EventDecoder
  readonly #touchedRows: TouchedRows
  readonly #contributions: CellContributions
  readonly #events: EventColumns
  readonly #witness: Witness | undefined
  readonly #facts: RowFacts
  readonly #merge: RowMerge
  /** First admitted event of each touched row, and the next one of the same row; linked by position + 1, 0 ends. */
  #heads = new Int32Array(256)
  #links = new Int32Array(256)

  constructor(
    profile: Profile,
    decode: EventDecoder,
    touchedRows: TouchedRows,
    contributions: CellContributions,
    witness?: Witness,
  ) {
    this.#profile = profile
    this.#decode = decode
    this.#touchedRows = touchedRows
    this.#contributions = contributions
    this.#witness = witness
    this.#events = new EventColumns(touchedRows.rows.stride)
    this.#facts = new RowFacts(touchedRows.rows)
    this.#merge = new RowMerge(touchedRows.rows, touchedRows.seed)
  }

  /** In slices. `flags` receives what was odd about each admitted record. */
  *fold(
    records: readonly LogRecord[],
    time: BeatTime,
    before: (row: number, slot: number) => void,
    settle: Settle,
    flags: (set: number) => void,
  ): Iterable<void> {
    if (records.length === 0) return
    this.#events.clear(records.length)
    for (const slice of slicesOf(records)) {
      this.#decodeSome(records, slice, time, settle)
      if (isPart(slice, records)) yield
    }
    yield* this.#link(before)
    const { positions, flags: oddities } = this.#events
    const { touched, rows } = this.#touchedRows
    const keep = (row: number, facts: FactSet, event: number): void => {
      const { fate, code } = this.#keep(row, facts, event, time)
      if (fate === 'applied' || fate === 'stale' || fate === 'retraction') {
        this.#touchedRows.change(row)
        if (this.#witness !== undefined) this.#tellOf(row, event, records, this.#witness)
      }
      settle(positions[event], fate, code, '')
      flags(oddities[event])
    }
    for (let slot = 0; slot < touched.length; slot++) {
      if (endsSlice(slot)) yield
      if (this.#heads[slot] === 0) continue
      const row = touched[slot]
      const first = this.#heads[slot] - 1
      this.#facts.open(row)
      if (this.#links[first] === 0) keep(row, this.#facts, first)
      else {
        const list = this.#eventsOf(first)
        if (list.length >= mergedEventsMin) yield* this.#keepMany(row, list, records, keep)
        else for (const event of list.sort(this.#inOrder(records))) keep(row, this.#facts, event)
      }
      if (trim(rows, row) > 0) this.#contributions.recountOf(row)
    }
  }

  *#keepMany(
    row: number,
    list: number[],
    records: readonly LogRecord[],
    keep: (row: number, facts: FactSet, event: number) => void,
  ): Iterable<void> {
    const events = yield* sortedInSlices(list, this.#inOrder(records))
    this.#merge.open(row)
    for (const [at, event] of events.entries()) {
      keep(row, this.#merge, event)
      if (endsSlice(at)) yield
    }
    this.#merge.close()
  }

  #decodeSome(records: readonly LogRecord[], { from, to }: Slice, time: BeatTime, settle: Settle): void {
    const events = this.#events
    const decode = this.#decode
    for (let at = from; at < to; at++) {
      const plain = decode.plain(records[at], events)
      if (plain !== undefined && timeMisfit(events.occurredMs[events.count], time) === undefined) {
        events.admit(at, plain)
        continue
      }
      const event = decode.checked(records[at], events.words, events.count * events.stride)
      if (isRefusal(event)) {
        settle(at, 'dead', event.refused, event.detail)
        continue
      }
      const misfit = timeMisfit(event.occurredMs, time)
      if (misfit !== undefined) {
        settle(at, 'dead', misfit, new Date(event.occurredMs).toISOString())
        continue
      }
      events.put(event)
      events.admit(at, event.enterpriseId)
    }
  }

  *#link(before: (row: number, slot: number) => void): Iterable<void> {
    const touchedRows = this.#touchedRows
    const { ids, count } = this.#events
    if (count > this.#links.length) this.#links = new Int32Array(count * 2)
    const slotsMax = touchedRows.touched.length + count
    if (slotsMax > this.#heads.length) this.#heads = new Int32Array(slotsMax * 2)
    this.#heads.fill(0, 0, slotsMax)
    for (let from = 0; from < count; from += sliceLength) {
      this.#linkSome(
        from,
        touchedRows.rowsOf(ids.slice(from, from + sliceLength)),
        Math.min(count - from, sliceLength),
        before,
      )
      if (count > sliceLength) yield
    }
    ids.length = 0
  }

  #linkSome(from: number, rowOf: Int32Array, count: number, before: (row: number, slot: number) => void): void {
    const touchedRows = this.#touchedRows
    const heads = this.#heads
    const links = this.#links
    for (let at = 0; at < count; at++) {
      if (at % rowsAhead === 0) touchedRows.rows.warm(rowOf, at, Math.min(at + rowsAhead, count))
      const slot = touchedRows.touch(rowOf[at], before)
      links[from + at] = heads[slot]
      heads[slot] = from + at + 1
    }
  }

  /** All events of one row, the last to come first. */
  #eventsOf(first: number): number[] {
    const list: number[] = []
    for (let at = first; at >= 0; at = this.#links[at] - 1) list.push(at)
    return list
  }

  /** Events of one row as a set, then its retractions (docs/fold.md rule 6). */
  #inOrder(records: readonly LogRecord[]): (x: number, y: number) => number {
    const events = this.#events
    const bytesOf = (event: number): Uint8Array => records[events.positions[event]].value
    // Records that differ in nothing that is kept (minutes, say) go by their bytes: which one counts must not hang on who came first.
    return (x, y) => byKindThenId(events, x, y) || Buffer.compare(bytesOf(x), bytesOf(y))
  }

  #tellOf(row: number, event: number, records: readonly LogRecord[], witness: Witness): void {
    const events = this.#events
    const { words, positions } = events
    if (events.isRetraction[event] === 1) {
      witness.takenBack({ row, high: events.targetHigh(event), low: events.targetLow(event) })
      return
    }
    const at = event * events.stride
    const id = { row, high: words[at], low: words[at + 1] }
    const type = factType(words[at + 2])
    witness.kept({ ...id, type, occurredMs: events.occurredMs[event], record: records[positions[event]] })
  }

  #keep(row: number, facts: FactSet, event: number, time: BeatTime): Kept {
    const contributions = this.#contributions
    const profile = this.#profile
    const events = this.#events
    const { words } = events
    const at = event * events.stride
    const word3 = words[at + 3]
    contributions.arrived(factSource(word3), contributions.leafRegion(row, word3, words[at + 4], time.tick))
    if (events.isRetraction[event] === 0) {
      const kept = keepEvent(facts, events, event, time, profile.types[factType(words[at + 2])].freshMsMax)
      if (kept.fate === 'applied' || kept.fate === 'stale') contributions.fact(row, words, at, time.tick, 1)
      return kept
    }
    return keepRetraction(facts, events, event, time, (gone, goneAt) =>
      contributions.retracted(row, gone, goneAt, time.tick),
    )
  }
}

function timeMisfit(occurredMs: number, time: BeatTime): 'FW_EVENT_TOO_OLD' | 'FW_EVENT_FUTURE' | undefined {
  if (time.knownHour - hourOf(occurredMs) > horizonHours) return 'FW_EVENT_TOO_OLD'
  if (occurredMs > time.knownAtMs + futureMsMax) return 'FW_EVENT_FUTURE'
  return undefined
}

/** Events by (id hash, kept fields), then retractions by (target, own id). */
function byKindThenId(events: EventColumns, x: number, y: number): number {
  const { words, stride, isRetraction } = events
  const [atX, atY] = [x * stride, y * stride]
  if (isRetraction[x] !== isRetraction[y]) return isRetraction[x] - isRetraction[y]
  if (isRetraction[x] === 0) return compareId(words, atX, atY) || compareKept(words, atX, words, atY, stride)
  return (
    (events.targetHigh(x) >>> 0) - (events.targetHigh(y) >>> 0) ||
    (events.targetLow(x) >>> 0) - (events.targetLow(y) >>> 0) ||
    compareId(words, atX, atY)
  )
}

function compareId(words: Int32Array, x: number, y: number): number {
  return (words[x] >>> 0) - (words[y] >>> 0) || (words[x + 1] >>> 0) - (words[y + 1] >>> 0)
}
