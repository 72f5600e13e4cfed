/**
 * The enterprise task: the journey of one beat, in running order.
 *
 *   open    a new tick regrades the rows whose grade begins in it
 *   decode  bytes -> records, or dead letters
 *   place   enterprises and grades, each key in log order
 *   keep    events as a set, then retractions: every record gets its one fate
 *   score   each touched enterprise once, asOf = end of the beat
 *   close   at the end of a tick: bands fall when time passes
 *   write   scores and alerts in order of id, fates, dead letters, the cell part
 */
import { compareKept } from '../../models/facts.ts'
import { hourOf } from '../../models/facts.ts'
import type { RiskModel } from '../../models/riskModel.ts'
import { placePrefix } from '../../streams/contracts.ts'
import { hash64 } from '../../streams/hash.ts'
import type { EnterpriseAlert, Score } from '../../streams/outputs.ts'
import type { Profile } from '../../streams/profile.ts'
import { unknownIndex } from '../../streams/tree.ts'
import { cellKeys } from '../cells.ts'
import type { ErrorCode } from '../errors.ts'
import type { Emit, FoldTask, Input } from '../fold/task.ts'
import { taskName } from '../fold/task.ts'
import { horizonHours, futureMsMax, rescoreSlices } from '../limits.ts'
import type { LogRecord, TaskId } from '../log/port.ts'
import type { FlagCounts, Tell } from '../notices.ts'
import { deadLetter, FateSheet, jsonBytes } from '../records.ts'
import { loadState, saveState } from './checkpoint.ts'
import { type DecodedEvent, decoder, flags, isRefusal, packPlace } from './decode.ts'
import { EnterpriseIds } from './ids.ts'
import { type BeatTime, evict, keepEvent, keepRetraction, trim } from './keep.ts'
import { writePart } from './part.ts'
import { EnterpriseRows, flag } from './rows.ts'
import { type AsOf, isScored, scorer } from './score.ts'
import { TableFold } from './tables.ts'
import { tally, unknownPlace } from './tally.ts'

export type EnterpriseTaskOptions = { profile: Profile; model: RiskModel | null; beatMs: number; partition: number; tell: Tell }

/** A record of this beat that was admitted: where its fate stands, and its row. */
type Pending = { record: LogRecord; fateAt: number; event: DecodedEvent }

export class EnterpriseTask implements FoldTask {
  readonly id: TaskId
  readonly inputs: readonly Input[]
  readonly ids = new EnterpriseIds()
  readonly rows: EnterpriseRows
  private readonly name: string
  private readonly partition: number
  private readonly profile: Profile
  private readonly beatMs: number
  private readonly tell: Tell
  private readonly decode
  private readonly tally
  private readonly scorer
  private readonly tables: TableFold
  private readonly fates = new FateSheet()
  private openTick: number | undefined
  /** Rows touched in the open tick, and in the beat at hand. */
  private readonly tickRows: number[] = []
  private readonly beatRows: number[] = []
  private readonly moved: { score: Score; alert: EnterpriseAlert | undefined }[] = []
  private flagCounts: FlagCounts = noFlags()
  private unscorable = 0
  private factsDropped = 0

  constructor({ profile, model, beatMs, partition, tell }: EnterpriseTaskOptions) {
    this.id = { kind: 'enterprise', partition }
    this.name = taskName(this.id)
    this.partition = partition
    this.profile = profile
    this.beatMs = beatMs
    this.tell = tell
    this.inputs = [
      { topic: 'commands', partition: 0 },
      { topic: 'enterprises', partition },
      { topic: 'credit-grades', partition },
      { topic: 'risk-events', partition },
    ]
    this.rows = new EnterpriseRows(5 + profile.file.factColumns.length)
    this.decode = decoder(profile)
    this.tables = new TableFold(profile, this.rows)
    this.tally = tally(profile, cellKeys(profile), this.rows, this.tables.places)
    this.scorer = model === null ? undefined : scorer(profile, model, this.rows, this.ids, this.tally.gradeAt)
  }

  fold(beat: number, records: readonly (readonly LogRecord[])[], emit: Emit): void {
    const [, enterprises, grades, events] = records
    const time = this.timeOf(beat)
    this.openTicks(time.tick)
    this.foldEnterprises(enterprises, time, emit)
    this.foldGrades(grades, time, emit)
    this.foldEvents(events, time, emit)
    const asOf = { hour: time.knownHour, beat, tick: time.tick }
    this.scoreTouched({ ...asOf, cause: 'records' })
    if (this.nextTickEnd(beat - 1) === beat) this.closeTick({ ...asOf, cause: 'time' })
    this.write(beat, time.tick, emit)
  }

  nextTickEnd(beat: number): number | undefined {
    if (this.openTick === undefined) return undefined
    const { calendar } = this.profile
    return calendar.endMs(calendar.tickOf((beat + 1) * this.beatMs)) / this.beatMs - 1
  }

  save(): Iterable<Uint8Array> {
    return saveState(this)
  }

  load(pages: Iterable<Uint8Array>): void {
    loadState(this, pages)
  }

  /** The small part of the state, beside the rows. */
  get clock(): { openTick: number | undefined; tables: TableFold } {
    return { openTick: this.openTick, tables: this.tables }
  }
  setClock(openTick: number | undefined, tickRows: readonly number[]): void {
    this.openTick = openTick
    this.tickRows.length = 0
    for (const row of tickRows) this.tickRows.push(row)
  }

  private timeOf(beat: number): BeatTime {
    const knownAtMs = (beat + 1) * this.beatMs
    return { knownAtMs, knownHour: hourOf(knownAtMs), tick: this.profile.calendar.tickOf(beat * this.beatMs) }
  }

  private openTicks(tick: number): void {
    if (this.openTick !== undefined && tick > this.openTick) {
      const before = this.openTick
      for (const row of this.tables.beginningBy(tick)) {
        this.tally.stock(row, before, -1)
        this.tally.stock(row, tick, 1)
        this.markInTick(row)
      }
    }
    this.openTick = tick
  }

  private foldEnterprises(records: readonly LogRecord[], time: BeatTime, emit: Emit): void {
    const first = this.fates.block('enterprises', records)
    for (const [at, record] of records.entries()) {
      const decoded = this.decode.enterprise(record)
      if (isRefusal(decoded)) {
        this.refuse(record, 'enterprises', first + at, decoded.refused, decoded.detail, emit)
        continue
      }
      this.countFlags(decoded.flags)
      const row = this.rowOf(decoded.enterpriseId)
      this.touch(row, time.tick)
      this.fates.set(first + at, this.tables.enterprise(row, decoded, time.tick))
    }
  }

  private foldGrades(records: readonly LogRecord[], time: BeatTime, emit: Emit): void {
    const first = this.fates.block('credit-grades', records)
    for (const [at, record] of records.entries()) {
      const decoded = this.decode.grade(record)
      if (isRefusal(decoded)) {
        this.refuse(record, 'credit-grades', first + at, decoded.refused, decoded.detail, emit)
        continue
      }
      this.countFlags(decoded.flags)
      const row = this.rowOf(decoded.enterpriseId)
      this.touch(row, time.tick)
      this.fates.set(first + at, this.tables.grade(row, decoded, time.tick))
    }
  }

  private foldEvents(records: readonly LogRecord[], time: BeatTime, emit: Emit): void {
    const first = this.fates.block('risk-events', records)
    const admitted: Pending[] = []
    for (let at = 0; at < records.length; at++) {
      const record = records[at]
      const event = this.decode.event(record)
      if (isRefusal(event)) {
        this.refuse(record, 'risk-events', first + at, event.refused, event.detail, emit)
        continue
      }
      const misfit = timeMisfit(event, time)
      if (misfit) this.refuse(record, 'risk-events', first + at, misfit, new Date(event.occurredMs).toISOString(), emit)
      else admitted.push({ record, fateAt: first + at, event })
    }
    const rowOf = this.rowsOf(admitted)
    const byRow = new Map<number, Pending[]>()
    for (let at = 0; at < admitted.length; at++) {
      const list = byRow.get(rowOf[at])
      if (list) list.push(admitted[at])
      else byRow.set(rowOf[at], [admitted[at]])
    }
    for (const [row, list] of byRow) this.keepAll(row, list, time, emit)
  }

  /** Events of one row as a set, then its retractions (FOLD.md rule 6). */
  private keepAll(row: number, list: Pending[], time: BeatTime, emit: Emit): void {
    if (list.length > 1) list.sort(byKindThenId)
    this.touch(row, time.tick)
    for (const { record, fateAt, event } of list) {
      const kept =
        event.retracts === undefined
          ? keepEvent(this.rows, row, event, time, this.profile.types[event.type].freshMsMax)
          : keepRetraction(this.rows, row, event, event.retracts, time, (words, at) => this.tally.retracted(row, words, at, time.tick))
      this.tally.arrived(event.source, this.tally.leafRegion(row, event.words[3], event.words[4], time.tick))
      this.countFlags(event.flags)
      if (kept.code === undefined) this.fates.set(fateAt, kept.fate)
      else this.fateWithLetter(record, 'risk-events', fateAt, kept.fate, kept.code, '', emit)
    }
    this.factsDropped += trim(this.rows, row)
  }

  private scoreTouched(asOf: AsOf): void {
    for (const row of this.beatRows) {
      this.score(row, asOf)
      this.tally.row(row, asOf.tick, 1)
      this.rows.setScratch(row, 0)
    }
    this.beatRows.length = 0
  }

  private score(row: number, asOf: AsOf): void {
    evict(this.rows, row, asOf.hour, asOf.tick)
    if (this.scorer === undefined || !isScored(this.rows, row)) return
    const scored = this.scorer.row(row, asOf)
    if (scored.kind === 'unscorable') this.unscorable++
    else if (scored.kind === 'moved') this.moved.push(scored)
  }

  /** FOLD.md rule 14: touched rows, rows above the lowest band, rows whose grade changed, and a thirtieth of the rest. */
  private closeTick(asOf: AsOf): void {
    const { rows, tally } = this
    const slice = ((asOf.tick % rescoreSlices) + rescoreSlices) % rescoreSlices
    let rescored = 0
    for (let row = 0; row < rows.count; row++) {
      if (!rows.has(row, flag.touched) && rows.band(row) === 0 && rows.slice(row) !== slice) continue
      tally.stock(row, asOf.tick, -1)
      this.score(row, asOf)
      tally.stock(row, asOf.tick, 1)
      rescored++
    }
    for (const row of this.tickRows) rows.setFlag(row, flag.touched, false)
    this.tickRows.length = 0
    this.tell({ kind: 'TickClosed', task: this.name, tick: asOf.tick, label: this.profile.calendar.label(asOf.tick), rescored })
  }

  private write(beat: number, tick: number, emit: Emit): void {
    const { moved, partition, name } = this
    if (moved.length > 1) moved.sort((a, b) => (a.score.enterpriseId < b.score.enterpriseId ? -1 : a.score.enterpriseId > b.score.enterpriseId ? 1 : 0))
    let alerts = 0
    for (const { score, alert } of moved) {
      emit({ topic: 'scores', partition, record: { key: score.enterpriseId, value: jsonBytes(score) } })
      if (alert === undefined) continue
      alerts++
      emit({ topic: 'enterprise-alerts', partition, record: { key: alert.enterpriseId, value: jsonBytes(alert) } })
    }
    this.tell({
      kind: 'BeatFolded',
      task: name,
      beat,
      tick,
      endMs: (beat + 1) * this.beatMs,
      fates: this.fates.countByFate(),
      deadCodes: this.fates.countByCode(),
      flags: this.flagCounts,
      scores: moved.length,
      alerts,
      unscorable: this.unscorable,
      factsDropped: this.factsDropped,
      enterprises: this.rows.count,
    })
    moved.length = 0
    this.flagCounts = noFlags()
    this.unscorable = 0
    this.factsDropped = 0
    this.fates.write({ task: name, beat, tick }, partition, emit)
    writePart(this.tally.sums, { task: name, beat, tick }, partition, emit)
  }

  private rowOf(id: string): number {
    const row = this.ids.findOrAdd(id)
    if (row === this.rows.count) this.addRow(id)
    return row
  }

  private rowsOf(admitted: readonly Pending[]): Int32Array {
    const ids = admitted.map(({ event }) => event.enterpriseId)
    const rows = new Int32Array(ids.length)
    this.ids.findOrAddAll(ids, rows, new Int32Array(ids.length))
    for (let at = 0; at < ids.length; at++) if (rows[at] === this.rows.count) this.addRow(ids[at])
    return rows
  }

  private addRow(id: string): void {
    const isPlace = id.startsWith(placePrefix)
    const place = isPlace ? packPlace(this.profile.regions.find(id.slice(placePrefix.length)), unknownIndex) : unknownPlace
    const { high, low } = hash64(id)
    // 2^32 mod 30 = 16: the remainder of the whole 64-bit hash.
    this.rows.add(place, isPlace ? flag.place : 0, (((high % rescoreSlices) * 16) + (low % rescoreSlices)) % rescoreSlices)
  }

  /** Before a row changes for the first time in a beat, what it says so far is taken out of the sums. */
  private touch(row: number, tick: number): void {
    if (this.rows.scratch(row) !== 0) return
    this.tally.row(row, tick, -1)
    this.beatRows.push(row)
    this.rows.setScratch(row, this.beatRows.length)
    this.markInTick(row)
  }

  private markInTick(row: number): void {
    if (this.rows.has(row, flag.touched)) return
    this.rows.setFlag(row, flag.touched, true)
    this.tickRows.push(row)
  }

  private refuse(record: LogRecord, topic: 'enterprises' | 'credit-grades' | 'risk-events', fateAt: number, code: ErrorCode, detail: string, emit: Emit): void {
    this.fateWithLetter(record, topic, fateAt, 'dead', code, detail, emit)
  }

  private fateWithLetter(
    record: LogRecord,
    topic: 'enterprises' | 'credit-grades' | 'risk-events',
    fateAt: number,
    fate: 'dead' | 'conflict' | Parameters<FateSheet['set']>[1],
    code: ErrorCode,
    detail: string,
    emit: Emit,
  ): void {
    this.fates.set(fateAt, fate, code)
    deadLetter(record, { topic, partition: this.partition }, this.partition, code, detail, emit)
  }

  private countFlags(set: number): void {
    if (set === 0) return
    if ((set & flags.checkDigit) !== 0) this.flagCounts.checkDigit++
    if ((set & flags.unknownRegion) !== 0) this.flagCounts.unknownRegion++
    if ((set & flags.unknownIndustry) !== 0) this.flagCounts.unknownIndustry++
    if ((set & flags.unknownSource) !== 0) this.flagCounts.unknownSource++
  }
}

function noFlags(): FlagCounts {
  return { checkDigit: 0, unknownRegion: 0, unknownIndustry: 0, unknownSource: 0 }
}

function timeMisfit(event: DecodedEvent, time: BeatTime): 'FW_EVENT_TOO_OLD' | 'FW_EVENT_FUTURE' | undefined {
  if (time.knownHour - hourOf(event.occurredMs) > horizonHours) return 'FW_EVENT_TOO_OLD'
  if (event.occurredMs > time.knownAtMs + futureMsMax) return 'FW_EVENT_FUTURE'
  return undefined
}

/** Events by (id hash, kept fields), then retractions by (target, own id). */
function byKindThenId(a: Pending, b: Pending): number {
  const [x, y] = [a.event, b.event]
  if (x.retracts === undefined && y.retracts === undefined) return compareId(x.words, y.words) || compareKept(x.words, 0, y.words, 0, x.words.length)
  if (x.retracts === undefined) return -1
  if (y.retracts === undefined) return 1
  return (x.retracts.high >>> 0) - (y.retracts.high >>> 0) || (x.retracts.low >>> 0) - (y.retracts.low >>> 0) || compareId(x.words, y.words)
}

function compareId(a: Int32Array, b: Int32Array): number {
  return (a[0] >>> 0) - (b[0] >>> 0) || (a[1] >>> 0) - (b[1] >>> 0)
}
