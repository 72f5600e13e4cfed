/**
 * The enterprise task: the journey of one beat, in running order.
 *
 *   obey    commands and artefacts: which models are in force, and which profile
 *   open    a new tick regrades the rows whose grade begins in it, and all are scored again where the champion is another
 *   decode  bytes -> records, or dead letters
 *   place   enterprises and grades, each key in log order
 *   keep    events as a set, then retractions: every record gets its one fate
 *   score   each touched enterprise once, asOf = end of the beat
 *   close   at the end of a tick: bands fall when time passes
 *   write   scores and alerts in order of id, fates, dead letters, the cell part
 */
import { z } from 'zod'
import { factWordsBase, hourOf } from '../../models/facts.ts'
import type { RiskModel } from '../../models/risk/riskModel.ts'
import type { EnterpriseAlert, Fate, Score, ShadowScore } from '../../streams/outputs.ts'
import type { Profile } from '../../streams/profile.ts'
import { renumbering } from '../../streams/profileChange.ts'
import type { RecordTopic } from '../../streams/topics.ts'
import { cellKeys } from '../cells.ts'
import type { ErrorCode } from '../errors.ts'
import type { RecordsOf } from '../fold/beatRecords.ts'
import { afterLoading, currentPart, jsonPart, type StatePart } from '../fold/state.ts'
import type { Emit, FoldTask } from '../fold/task.ts'
import type { HashSeed } from '../hashSeed.ts'
import { jsonBytes } from '../json.ts'
import { neighbourhoodLagTicks, rescoreSlices } from '../limits.ts'
import type { LogRecord } from '../log/port.ts'
import { type TaskId, taskName, taskNumber } from '../log/tasks.ts'
import { type Input, inputsOf } from '../log/topology.ts'
import type { FlagCounts, Tell } from '../notices.ts'
import { deadLetter, FateSheet, isRefusal, type Refusal } from '../records.ts'
import { type DeskOptions, ModelDesk } from '../registry/desk.ts'
import { endsSlice, slicesOf, sortedInSlices } from '../slices.ts'
import { type Decoder, decoder, flags } from './decode.ts'
import { EventFold } from './events.ts'
import { type BeatTime, evict } from './keep.ts'
import type { Known } from './known.ts'
import { Neighbourhood } from './neighbourhood.ts'
import { writePart } from './part.ts'
import { plainEvents } from './plainEvent.ts'
import { RowBook } from './rowBook.ts'
import { type EnterpriseRows, flag } from './rows.ts'
import { rowsState } from './rowsState.ts'
import { type AsOf, isScored } from './score.ts'
import { Seats } from './seats.ts'
import { TableFold } from './tables.ts'
import { type Tally, tally } from './tally.ts'
import type { Witness } from './witness.ts'

export type EnterpriseTaskOptions = {
  profile: Profile
  /** The first champion, whose scores count until another is promoted; without one nothing is scored. */
  model: RiskModel | null
  /** A second model, which scores in shadow until another is chosen. */
  challenger?: RiskModel | undefined
  begunWith?: DeskOptions['begunWith']
  beatMs: number
  partition: number
  /** How many partitions the inputs have. */
  partitions: number
  /** Keys the tables that find ids; another seed, the same outputs. */
  hashSeed: HashSeed
  tell: Tell
  witness?: Witness | undefined
  /** Whoever asks for rows alone needs nobody's scores. */
  rowsOnly?: boolean
}

/** What is worked out from a profile, and made anew under another. */
type Parts = {
  profile: Profile
  decode: Decoder
  tally: Tally
  neighbourhood: Neighbourhood
  events: EventFold
  seats: Seats
}

type Records = RecordsOf<'enterprise'>
const noRecords: Records = { commands: [], enterprises: [], grades: [], events: [], artifacts: [], archive: [] }

/** One of the two table inputs: how its records are decoded, and what they change. */
type Table<T> = {
  topic: 'enterprises' | 'credit-grades'
  records: readonly LogRecord[]
  decode: (record: LogRecord) => T | Refusal
  place: (row: number, decoded: T) => Fate
}

/** A record with its fate; with a code it goes to the dead letters. */
type Settled = {
  record: LogRecord
  topic: RecordTopic
  fateAt: number
  fate: Fate
  code: ErrorCode | undefined
  detail: string
}

export class EnterpriseTask implements FoldTask {
  readonly id: TaskId
  readonly inputs: readonly Input[]
  readonly state: readonly StatePart[]
  readonly known: Known
  private readonly rows: EnterpriseRows
  private readonly book: RowBook
  private readonly name: string
  private readonly partition: number
  /** Its partition of fates and dead letters. */
  private readonly number: number
  private readonly options: EnterpriseTaskOptions
  private readonly beatMs: number
  private readonly tell: Tell
  private readonly desk: ModelDesk
  private readonly tables: TableFold
  /** All that is worked out from the profile in force. */
  private parts: Parts
  private readonly fates = new FateSheet()
  private openTick: number | undefined
  private readonly moved: { score: Score; alert: EnterpriseAlert | undefined }[] = []
  private readonly shadowed: ShadowScore[] = []
  /** Rows that records of tables have changed in this beat, and that are taken out of the sums meanwhile. */
  private readonly unsettled = new Set<number>()
  private flagCounts: FlagCounts = noFlags()
  private unscorable = 0

  constructor(options: EnterpriseTaskOptions) {
    const { profile, model, challenger, begunWith, beatMs, partition, partitions, hashSeed, tell } = options
    this.id = { kind: 'enterprise', partition }
    this.name = taskName(this.id)
    this.partition = partition
    this.number = taskNumber(this.id, partitions)
    this.options = options
    this.beatMs = beatMs
    this.tell = tell
    this.book = new RowBook(profile, factWordsBase + profile.file.factColumns.length, hashSeed)
    const { ids, rows } = this.book
    this.rows = rows
    this.tables = new TableFold(profile, this.rows)
    this.desk = new ModelDesk({
      profile,
      beatMs,
      champion: model?.hash ?? null,
      challenger: challenger?.hash ?? null,
      begunWith,
    })
    this.parts = this.partsUnder(profile)
    const { looksAround } = this.neighbourhood
    this.inputs = inputsOf(this.id, partitions).filter(({ name }) => looksAround || name !== 'archive')
    const tick = jsonPart(
      { name: 'tick', version: 1, contract: z.object({ open: z.int().nullable() }) },
      () => ({ open: this.openTick ?? null }),
      ({ open }) => {
        this.openTick = open ?? undefined
      },
    )
    const desk = afterLoading(this.desk.state, () => {
      if (this.desk.profile !== this.profile) this.standUnder(this.desk.profile)
    })
    const book = rowsState({ ids, rows, tables: this.tables, openTick: () => this.openTick })
    const seats = currentPart(() => this.seats.state)
    const around = looksAround ? [currentPart(() => this.neighbourhood.stateBy(profile, beatMs))] : []
    this.state = [tick, desk, book, seats, ...around]
    this.known = this.knownOf()
  }

  private partsUnder(profile: Profile, before?: Parts): Parts {
    const { partition, partitions, model, challenger, witness, rowsOnly = false } = this.options
    const { rows, book, desk } = this
    const decode = decoder(profile, { partition, partitions })
    const keys = cellKeys(profile)
    const tallied = tally(profile, keys, rows, this.tables.places)
    const neighbourhood = new Neighbourhood(profile, keys)
    const plain = plainEvents(profile, { partition, partitions })
    const events = new EventFold(profile, { plain, checked: decode.event }, book, tallied, witness)
    const given = [model, challenger].filter((one) => one != null)
    const source = { profile, rows, around: neighbourhood }
    const seats = new Seats({ source, ids: book.ids, tally: tallied, desk, given, rowsOnly }, before?.seats)
    return { profile, decode, tally: tallied, neighbourhood, events, seats }
  }

  /** Inputs that are left out have no records. */
  fold(beat: number, records: Partial<Records>, emit: Emit): void {
    for (const _ of this.foldInSlices(beat, { ...noRecords, ...records }, emit));
  }

  *foldInSlices(beat: number, records: Records, emit: Emit): Iterable<void> {
    const time = this.timeOf(beat)
    const asOf = { hour: time.knownHour, beat, tick: time.tick }
    for (const page of records.archive) {
      this.neighbourhood.take([page])
      yield
    }
    this.neighbourhood.openTick(time.tick)
    const { switched } = yield* this.desk.foldInSlices(beat, records.commands, records.artifacts)
    if (switched.profile) yield* this.adopt(time.tick)
    yield* this.openTicks(time.tick)
    this.seats.seat(switched)
    if (switched.champion) yield* this.rescoreAll({ ...asOf, cause: 'model' })
    const { tables } = this
    const { decode } = this.parts
    const { tick } = time
    yield* this.foldTable(
      {
        topic: 'enterprises',
        records: records.enterprises,
        decode: decode.enterprise,
        place: (row, it) => tables.enterprise(row, it, tick),
      },
      time,
      emit,
    )
    yield* this.foldTable(
      {
        topic: 'credit-grades',
        records: records.grades,
        decode: decode.grade,
        place: (row, it) => tables.grade(row, it, tick),
      },
      time,
      emit,
    )
    yield* this.settleTables(tick)
    yield* this.foldEvents(records.events, time, emit)
    yield* this.scoreTouched({ ...asOf, cause: 'records' })
    if (this.nextTickEnd(beat - 1) === beat) yield* this.closeTick({ ...asOf, cause: 'time' })
    yield* this.write(beat, time.tick, emit)
  }

  nextTickEnd(beat: number): number | undefined {
    if (this.openTick === undefined) return undefined
    const { calendar } = this.profile
    const tick = calendar.tickOf((beat + 1) * this.beatMs)
    // Stock moves in the first beat of the tick with which a grade begins, whichever beat has the next record.
    if (tick > this.openTick && this.tables.beginsBy(tick)) return beat + 1
    const tickEnd = calendar.endMs(tick) / this.beatMs - 1
    return Math.min(this.desk.boundaryAfter(beat) ?? tickEnd, tickEnd)
  }

  /** Of the parts that are there when it is asked. */
  private knownOf(): Known {
    const task = this
    return {
      ids: this.book.ids,
      rows: this.rows,
      get profile() {
        return task.profile
      },
      get around() {
        return task.neighbourhood
      },
      get champion() {
        return task.seats.champion
      },
      openTick: (tick) => this.neighbourhood.openTick(tick),
    }
  }
  /** The profile in force. */
  get profile(): Profile {
    return this.parts.profile
  }
  private get neighbourhood(): Neighbourhood {
    return this.parts.neighbourhood
  }
  private get tally(): Parts['tally'] {
    return this.parts.tally
  }
  private get seats(): Seats {
    return this.parts.seats
  }

  /** Makes anew what is worked out from the profile; what was around stays. */
  private standUnder(profile: Profile): void {
    this.book.profile = profile
    const around = this.neighbourhood.save()
    this.parts = this.partsUnder(profile, this.parts)
    this.neighbourhood.load(around)
  }

  /** Another profile from this beat on. The stock is told as a whole: the watch, whose leaves may be others, begins with none. */
  private *adopt(tick: number): Iterable<void> {
    const { profile } = this.desk
    const codes = renumbering(this.profile, profile)
    yield* this.book.adopt(codes)
    this.tables.adopt(codes)
    this.standUnder(profile)
    const before = this.openTick ?? tick
    yield* this.rows.each(
      () => true,
      (row) => this.tally.stock(row, before, 1),
    )
  }

  /** The end of the second tick after the last one that the watch has closed. */
  reach(watchedThrough: number): number {
    const { calendar } = this.profile
    const closed = calendar.tickOf((watchedThrough + 1) * this.beatMs) - 1
    return calendar.endMs(closed + neighbourhoodLagTicks) / this.beatMs - 1
  }

  private timeOf(beat: number): BeatTime {
    const knownAtMs = (beat + 1) * this.beatMs
    return { knownAtMs, knownHour: hourOf(knownAtMs), tick: this.profile.calendar.tickOf(beat * this.beatMs) }
  }

  private *openTicks(tick: number): Iterable<void> {
    if (this.openTick !== undefined && tick > this.openTick) {
      const before = this.openTick
      for (const [at, row] of this.tables.beginningBy(tick).entries()) {
        if (endsSlice(at)) yield
        this.tally.stock(row, before, -1)
        this.tally.stock(row, tick, 1)
        this.rows.setFlag(row, flag.touched, true)
      }
    }
    this.openTick = tick
  }

  /** Enterprises or grades, in log order: each is placed, or goes to the dead letters. */
  private *foldTable<T extends { enterpriseId: string; flags: number }>(
    table: Table<T>,
    time: BeatTime,
    emit: Emit,
  ): Iterable<void> {
    const { topic, records } = table
    const first = yield* this.fates.block(topic, records)
    for (const { from, to } of slicesOf(records)) {
      for (let at = from; at < to; at++) this.foldRow(table, records[at], { fateAt: first + at, tick: time.tick }, emit)
      yield
    }
  }

  private foldRow<T extends { enterpriseId: string; flags: number }>(
    { topic, decode, place }: Table<T>,
    record: LogRecord,
    { fateAt, tick }: { fateAt: number; tick: number },
    emit: Emit,
  ): void {
    const decoded = decode(record)
    if (isRefusal(decoded)) {
      const { refused: code, detail } = decoded
      this.settle({ record, topic, fateAt, fate: 'dead', code, detail }, emit)
      return
    }
    this.countFlags(decoded.flags)
    const row = this.book.rowOf(decoded.enterpriseId)
    const fate = this.changeRow(row, tick, () => place(row, decoded))
    this.fates.set(fateAt, fate)
  }

  private *foldEvents(records: readonly LogRecord[], time: BeatTime, emit: Emit): Iterable<void> {
    const first = yield* this.fates.block('risk-events', records)
    yield* this.parts.events.fold(
      records,
      time,
      (row, slot) => this.tally.begin(row, slot, time.tick),
      (at, fate, code, detail) => {
        if (code === undefined) this.fates.set(first + at, fate)
        else this.settle({ record: records[at], topic: 'risk-events', fateAt: first + at, fate, code, detail }, emit)
      },
      (set) => this.countFlags(set),
    )
  }

  private *scoreTouched(asOf: AsOf): Iterable<void> {
    yield* this.book.release((row, slot, isChanged) => {
      if (isChanged) this.score(row, asOf)
      this.tally.end(row, slot, asOf.tick)
    })
  }

  private score(row: number, asOf: AsOf): void {
    evict(this.rows, row, asOf.hour, asOf.tick)
    if (!isScored(this.rows, row)) return
    const { shadow, scorer } = this.seats
    const shadowed = asOf.cause === 'model' ? undefined : shadow?.row(row, asOf) // the challenger is the one it was
    if (shadowed !== undefined) this.shadowed.push(shadowed)
    if (scorer === undefined) return
    const scored = scorer.row(row, asOf)
    if (scored.kind === 'unscorable') this.unscorable++
    else if (scored.kind === 'moved') this.moved.push(scored)
  }

  /** Another champion: every row by it, before the records of the beat, so that the moves are its own. */
  private *rescoreAll(asOf: AsOf): Iterable<void> {
    yield* this.rows.each(
      () => true,
      (row) => this.score(row, asOf),
    )
  }

  /** docs/fold.md rule 14: touched rows, rows above the lowest band, rows whose grade changed, and a thirtieth of all, in which drift is counted. */
  private *closeTick(asOf: AsOf): Iterable<void> {
    const { rows } = this
    const slice = ((asOf.tick % rescoreSlices) + rescoreSlices) % rescoreSlices
    const isDue = (row: number): boolean =>
      rows.has(row, flag.touched) || rows.band(row) !== 0 || rows.slice(row) === slice
    const rescored = yield* rows.each(isDue, (row) => {
      this.score(row, asOf)
      if (rows.slice(row) === slice && isScored(rows, row)) this.seats.scorer?.count()
      rows.setFlag(row, flag.touched, false)
    })
    this.tell({
      kind: 'TickClosed',
      task: this.name,
      tick: asOf.tick,
      label: this.profile.calendar.label(asOf.tick),
      rescored,
    })
  }

  private *write(beat: number, tick: number, emit: Emit): Iterable<void> {
    const { partition, name } = this
    const moved = yield* sortedInSlices(this.moved, (a, b) => byEnterprise(a.score, b.score))
    let alerts = 0
    for (const [at, { score, alert }] of moved.entries()) {
      if (endsSlice(at)) yield
      emit({ topic: 'scores', partition, record: { key: score.enterpriseId, value: jsonBytes(score) } })
      if (alert === undefined) continue
      alerts++
      emit({ topic: 'enterprise-alerts', partition, record: { key: alert.enterpriseId, value: jsonBytes(alert) } })
    }
    for (const [at, score] of (yield* sortedInSlices(this.shadowed, byEnterprise)).entries()) {
      emit({ topic: 'shadow-scores', partition, record: { key: score.enterpriseId, value: jsonBytes(score) } })
      if (endsSlice(at)) yield
    }
    this.shadowed.length = 0
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
      factsDropped: this.rows.factsDropped,
      enterprises: this.rows.count,
    })
    this.moved.length = 0
    this.flagCounts = noFlags()
    this.unscorable = 0
    this.rows.factsDropped = 0
    yield* this.fates.write({ task: name, beat, tick }, this.number, emit)
    yield* writePart(this.tally.sums, { task: name, beat, tick }, partition, emit)
  }

  /** A table record changes place or grade: what the row says of the open tick is taken out before the first of the beat, and put back after the last. */
  private changeRow(row: number, tick: number, change: () => Fate): Fate {
    const { book, tally, unsettled } = this
    book.touch(row, (_, slot) => tally.begin(row, slot, tick))
    if (!unsettled.has(row)) {
      unsettled.add(row)
      tally.facts(row, tick, -1)
      tally.stock(row, tick, -1)
    }
    const fate = change()
    if (fate === 'applied') book.change(row)
    return fate
  }

  private *settleTables(tick: number): Iterable<void> {
    let settled = 0
    for (const row of this.unsettled) {
      this.tally.stock(row, tick, 1)
      this.tally.facts(row, tick, 1)
      if (endsSlice(settled++)) yield
    }
    this.unsettled.clear()
  }

  private settle({ record, topic, fateAt, fate, code, detail }: Settled, emit: Emit): void {
    this.fates.set(fateAt, fate, code)
    if (code !== undefined)
      deadLetter(record, { topic, partition: this.partition, to: this.number, code, detail }, emit)
  }

  private countFlags(set: number): void {
    if (set === 0) return
    if ((set & flags.checkDigit) !== 0) this.flagCounts.checkDigit++
    if ((set & flags.unknownRegion) !== 0) this.flagCounts.unknownRegion++
    if ((set & flags.unknownIndustry) !== 0) this.flagCounts.unknownIndustry++
    if ((set & flags.unknownSource) !== 0) this.flagCounts.unknownSource++
    if ((set & flags.unknownStatus) !== 0) this.flagCounts.unknownStatus++
  }
}

function byEnterprise(a: { enterpriseId: string }, b: { enterpriseId: string }): number {
  return a.enterpriseId < b.enterpriseId ? -1 : a.enterpriseId > b.enterpriseId ? 1 : 0
}

function noFlags(): FlagCounts {
  return { checkDigit: 0, unknownRegion: 0, unknownIndustry: 0, unknownSource: 0, unknownStatus: 0 }
}
