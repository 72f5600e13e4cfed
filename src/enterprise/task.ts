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
import { type CellKeys, cellKeys } from '../cells.ts'
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
import type { FlagCounts, Listener } from '../notices.ts'
import { deadLetter, FateSheet, isRefusal, type Refusal } from '../records.ts'
import { ModelRegistry, type RegistryOptions } from '../registry/modelRegistry.ts'
import { endsSlice, slicesOf, sortedInSlices } from '../slices.ts'
import { type CellContributions, contributions } from './cellContributions.ts'
import { type ContributionHead, writeContributions } from './contributionRecords.ts'
import { type Decoder, decoder, flags } from './decode/decode.ts'
import { plainEvents } from './decode/plainEvent.ts'
import type { Known } from './known.ts'
import { PartWriter } from './part.ts'
import { EventFold } from './rows/events.ts'
import { type BeatTime, evict } from './rows/keep.ts'
import { type EnterpriseRows, flag } from './rows/rows.ts'
import { TableFold } from './rows/tables.ts'
import { TouchedRows } from './rows/touchedRows.ts'
import { rowsState } from './rowsState.ts'
import { ActiveModels } from './score/activeModels.ts'
import { Contradictions } from './score/contradictions.ts'
import { addMoved } from './score/movedFeatures.ts'
import { Neighbourhood } from './score/neighbourhood.ts'
import { RiskContext } from './score/riskContext.ts'
import { type AsOf, isScored } from './score/score.ts'
import type { Witness } from './score/witness.ts'

export type EnterpriseTaskOptions = {
  profile: Profile
  /** The first champion, whose scores count until another is promoted; without one nothing is scored. */
  model: RiskModel | null
  /** A second model, which scores in shadow until another is chosen. */
  challenger?: RiskModel | undefined
  begunWith?: RegistryOptions['begunWith']
  beatMs: number
  partition: number
  /** How many partitions the inputs have. */
  partitions: number
  /** Keys the tables that find ids; another seed, the same outputs. */
  hashSeed: HashSeed
  listener: Listener
  witness?: Witness | undefined
  /** Whoever asks for rows alone needs nobody's scores. */
  rowsOnly?: boolean
}

/** What is worked out from a profile, and made anew under another. */
type Parts = {
  profile: Profile
  keys: CellKeys
  decode: Decoder
  contributions: CellContributions
  neighbourhood: Neighbourhood
  events: EventFold
  active: ActiveModels
  contradictions: Contradictions
}

type Time = BeatTime & { beat: number }

type Records = RecordsOf<'enterprise'>
const noRecords: Records = {
  commands: [],
  enterprises: [],
  grades: [],
  events: [],
  artifacts: [],
  archive: [],
  levels: [],
}

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
  readonly #rows: EnterpriseRows
  readonly #touchedRows: TouchedRows
  readonly #name: string
  readonly #partition: number
  /** Its partition of fates and dead letters. */
  readonly #number: number
  readonly #options: EnterpriseTaskOptions
  readonly #beatMs: number
  readonly #listener: Listener
  readonly #registry: ModelRegistry
  readonly #tables: TableFold
  /** All that is worked out from the profile in force. */
  #parts: Parts
  readonly #riskContext = new RiskContext()
  readonly #fates: FateSheet
  readonly #cellParts: PartWriter
  #openTick: number | undefined
  readonly #moved: { score: Score; alert: EnterpriseAlert | undefined }[] = []
  readonly #shadowed: ShadowScore[] = []
  /** Rows that records of tables have changed in this beat, and that are taken out of the sums meanwhile. */
  readonly #unsettled = new Set<number>()
  /** Rows that may hold facts of the tick that this beat closes. */
  readonly #counted: number[] = []
  #flagCounts: FlagCounts = noFlags()
  #unscorable = 0

  constructor(options: EnterpriseTaskOptions) {
    const { profile, model, challenger, begunWith, beatMs, partition, partitions, hashSeed, listener } = options
    this.id = { kind: 'enterprise', partition }
    this.#name = taskName(this.id)
    this.#partition = partition
    this.#fates = new FateSheet({ task: this.#name, beatMs, partition: taskNumber(this.id, partitions) })
    this.#cellParts = new PartWriter(this.#name, partition)
    this.#number = taskNumber(this.id, partitions)
    this.#options = options
    this.#beatMs = beatMs
    this.#listener = listener
    this.#touchedRows = new TouchedRows(profile, factWordsBase + profile.file.factColumns.length, hashSeed)
    const { ids, rows } = this.#touchedRows
    this.#rows = rows
    this.#tables = new TableFold(profile, this.#rows)
    this.#registry = new ModelRegistry({
      profile,
      beatMs,
      champion: model?.hash ?? null,
      challenger: challenger?.hash ?? null,
      begunWith,
    })
    this.#parts = this.#partsUnder(profile)
    const { looksAround } = this.#neighbourhood
    const isRead = (name: string): boolean =>
      (looksAround || name !== 'archive') && (options.rowsOnly !== true || name !== 'levels')
    this.inputs = inputsOf(this.id, partitions).filter(({ name }) => isRead(name))
    const tick = jsonPart(
      { name: 'tick', version: 1, contract: z.object({ open: z.int().nullable() }) },
      () => ({ open: this.#openTick ?? null }),
      ({ open }) => {
        this.#openTick = open ?? undefined
      },
    )
    const registry = afterLoading(this.#registry.state, () => {
      if (this.#registry.profile !== this.profile) this.#standUnder(this.#registry.profile)
    })
    const touchedRows = rowsState({ ids, rows, tables: this.#tables, openTick: () => this.#openTick })
    const active = currentPart(() => this.#active.state)
    const around = looksAround ? [currentPart(() => this.#neighbourhood.stateBy(profile, beatMs))] : []
    const context = this.#riskContext.stateBy(profile, beatMs)
    const contradictions = currentPart(() => this.#parts.contradictions.state)
    this.state = [tick, registry, touchedRows, active, ...around, context, contradictions]
    this.known = this.#knownOf()
  }

  #partsUnder(profile: Profile, before?: Parts): Parts {
    const { partition, partitions, model, challenger, witness, rowsOnly = false } = this.#options
    const rows = this.#rows
    const touchedRows = this.#touchedRows
    const registry = this.#registry
    const decode = decoder(profile, { partition, partitions })
    const keys = cellKeys(profile)
    const tallied = contributions(profile, keys, rows, this.#tables.places)
    const neighbourhood = new Neighbourhood(profile, keys)
    const plain = plainEvents(profile, { partition, partitions })
    const events = new EventFold(profile, { plain, checked: decode.event }, touchedRows, tallied, witness)
    const given = [model, challenger].filter((one) => one != null)
    const source = { profile, rows, around: neighbourhood }
    const active = new ActiveModels(
      { source, ids: touchedRows.ids, contributions: tallied, registry, given, rowsOnly },
      before?.active,
    )
    const contradictions = new Contradictions(
      { profile, rows, ids: touchedRows.ids, contributions: tallied },
      before?.contradictions,
    )
    return { profile, keys, decode, contributions: tallied, neighbourhood, events, active, contradictions }
  }

  /** Inputs that are left out have no records. */
  fold(beat: number, records: Partial<Records>, emit: Emit): void {
    for (const _ of this.foldInSlices(beat, { ...noRecords, ...records }, emit));
    for (const _ of this.endEpoch(emit));
  }

  *endEpoch(emit: Emit): Iterable<void> {
    yield* this.#fates.write(emit)
    this.#cellParts.write(emit)
  }

  *foldInSlices(beat: number, records: Records, emit: Emit): Iterable<void> {
    const time = this.#timeOf(beat)
    const asOf = { hour: time.knownHour, beat, tick: time.tick }
    for (const page of records.archive) {
      this.#neighbourhood.take([page])
      yield
    }
    this.#neighbourhood.openTick(time.tick)
    this.#riskContext.take(records.levels)
    const { switched } = yield* this.#registry.foldInSlices(beat, records.commands, records.artifacts)
    if (switched.profile) yield* this.#adopt(time.tick)
    else if (switched.rules) yield* this.#tellRisk(time.tick)
    yield* this.#openTicks(time.tick)
    this.#active.activate(switched)
    if (switched.champion) yield* this.#rescoreAll({ ...asOf, cause: 'model' })
    const tables = this.#tables
    const { decode } = this.#parts
    const { tick } = time
    yield* this.#foldTable(
      {
        topic: 'enterprises',
        records: records.enterprises,
        decode: decode.enterprise,
        place: (row, it) => tables.enterprise(row, it, tick),
      },
      time,
      emit,
    )
    yield* this.#foldTable(
      {
        topic: 'credit-grades',
        records: records.grades,
        decode: decode.grade,
        place: (row, it) => tables.grade(row, it, tick),
      },
      time,
      emit,
    )
    yield* this.#settleTables(tick)
    yield* this.#foldEvents(records.events, time, emit)
    yield* this.#scoreTouched({ ...asOf, cause: 'records' })
    if (this.nextTickEnd(beat - 1) === beat) {
      yield* this.#closeTick({ ...asOf, cause: 'time' })
      yield* this.#reviewRisk({ ...asOf, cause: 'time' }, emit)
    }
    yield* this.#write(beat, time.tick, emit)
  }

  nextTickEnd(beat: number): number | undefined {
    if (this.#openTick === undefined) return undefined
    const { calendar } = this.profile
    const tick = calendar.tickOf((beat + 1) * this.#beatMs)
    // Stock moves in the first beat of the tick with which a grade begins, whichever beat has the next record.
    if (tick > this.#openTick && this.#tables.beginsBy(tick)) return beat + 1
    const tickEnd = calendar.endMs(tick) / this.#beatMs - 1
    return Math.min(this.#registry.boundaryAfter(beat) ?? tickEnd, tickEnd)
  }

  /** Of the parts that are there when it is asked. */
  #knownOf(): Known {
    const task = this
    return {
      ids: this.#touchedRows.ids,
      rows: this.#rows,
      get profile() {
        return task.profile
      },
      get around() {
        return task.#neighbourhood
      },
      get champion() {
        return task.#active.champion
      },
      openTick: (tick) => this.#neighbourhood.openTick(tick),
    }
  }
  /** The profile in force. */
  get profile(): Profile {
    return this.#parts.profile
  }
  get #neighbourhood(): Neighbourhood {
    return this.#parts.neighbourhood
  }
  get #contributions(): Parts['contributions'] {
    return this.#parts.contributions
  }
  get #active(): ActiveModels {
    return this.#parts.active
  }

  /** Makes anew what is worked out from the profile; what was around stays. */
  #standUnder(profile: Profile): void {
    this.#touchedRows.profile = profile
    const around = this.#neighbourhood.save()
    this.#parts = this.#partsUnder(profile, this.#parts)
    this.#neighbourhood.load(around)
  }

  /** Another profile from this beat on. The stock is told as a whole: the watch, whose leaves may be others, begins with none. */
  *#adopt(tick: number): Iterable<void> {
    const { profile } = this.#registry
    const codes = renumbering(this.profile, profile)
    yield* this.#touchedRows.adopt(codes)
    this.#tables.adopt(codes)
    this.#standUnder(profile)
    const before = this.#openTick ?? tick
    yield* this.#rows.each(
      () => true,
      (row) => this.#contributions.stock(row, before, 1),
    )
  }

  /** What rows are counted with, as a whole: what an earlier program told has no sums of it, and the watch begins with none. */
  *#tellRisk(tick: number): Iterable<void> {
    const before = this.#openTick ?? tick
    yield* this.#rows.each(
      () => true,
      (row) => this.#contributions.risk(row, before),
    )
  }

  /** The end of the second tick after the last one that the watch has closed. */
  reach(watchedThrough: number): number {
    const { calendar } = this.profile
    const closed = calendar.tickOf((watchedThrough + 1) * this.#beatMs) - 1
    return calendar.endMs(closed + neighbourhoodLagTicks) / this.#beatMs - 1
  }

  #timeOf(beat: number): Time {
    const knownAtMs = (beat + 1) * this.#beatMs
    return { beat, knownAtMs, knownHour: hourOf(knownAtMs), tick: this.profile.calendar.tickOf(beat * this.#beatMs) }
  }

  *#openTicks(tick: number): Iterable<void> {
    if (this.#openTick !== undefined && tick > this.#openTick) {
      const before = this.#openTick
      for (const [at, row] of this.#tables.beginningBy(tick).entries()) {
        if (endsSlice(at)) yield
        this.#contributions.stock(row, before, -1)
        this.#contributions.stock(row, tick, 1)
        this.#rows.setFlag(row, flag.touched, true)
      }
    }
    this.#openTick = tick
  }

  /** Enterprises or grades, in log order: each is placed, or goes to the dead letters. */
  *#foldTable<T extends { enterpriseId: string; flags: number }>(
    table: Table<T>,
    time: Time,
    emit: Emit,
  ): Iterable<void> {
    const { topic, records } = table
    if (records.length === 0) return
    const first = yield* this.#fates.block(topic, time.beat, records)
    for (const { from, to } of slicesOf(records)) {
      for (let at = from; at < to; at++)
        this.#foldRow(table, records[at], { fateAt: first + at, tick: time.tick }, emit)
      yield
    }
  }

  #foldRow<T extends { enterpriseId: string; flags: number }>(
    { topic, decode, place }: Table<T>,
    record: LogRecord,
    { fateAt, tick }: { fateAt: number; tick: number },
    emit: Emit,
  ): void {
    const decoded = decode(record)
    if (isRefusal(decoded)) {
      const { refused: code, detail } = decoded
      this.#settle({ record, topic, fateAt, fate: 'dead', code, detail }, emit)
      return
    }
    this.#countFlags(decoded.flags)
    const row = this.#touchedRows.rowOf(decoded.enterpriseId)
    const fate = this.#changeRow(row, tick, () => place(row, decoded))
    this.#fates.set(fateAt, fate)
  }

  *#foldEvents(records: readonly LogRecord[], time: Time, emit: Emit): Iterable<void> {
    if (records.length === 0) return
    const first = yield* this.#fates.block('risk-events', time.beat, records)
    yield* this.#parts.events.fold(
      records,
      time,
      (row, slot) => this.#contributions.begin(row, slot, time.tick),
      (at, fate, code, detail) => {
        if (code === undefined) this.#fates.set(first + at, fate)
        else this.#settle({ record: records[at], topic: 'risk-events', fateAt: first + at, fate, code, detail }, emit)
      },
      (set) => this.#countFlags(set),
    )
  }

  *#scoreTouched(asOf: AsOf): Iterable<void> {
    yield* this.#touchedRows.release((row, slot, isChanged) => {
      if (isChanged) this.#score(row, asOf)
      this.#contributions.end(row, slot, asOf.tick)
    })
  }

  #score(row: number, asOf: AsOf): void {
    evict(this.#rows, row, asOf.hour, asOf.tick)
    if (!isScored(this.#rows, row)) return
    const { shadow, scorer } = this.#active
    const shadowed = asOf.cause === 'model' ? undefined : shadow?.row(row, asOf) // the challenger is the one it was
    if (shadowed !== undefined) this.#shadowed.push(shadowed)
    if (scorer === undefined) return
    const scored = scorer.row(row, asOf)
    if (scored.kind === 'unscorable') this.#unscorable++
    else if (scored.kind === 'moved') this.#moved.push(scored)
  }

  /** Another champion: every row by it, before the records of the beat, so that the moves are its own. */
  *#rescoreAll(asOf: AsOf): Iterable<void> {
    yield* this.#rows.each(
      () => true,
      (row) => this.#score(row, asOf),
    )
  }

  /** docs/fold.md rule 14: touched rows, rows above the lowest band, rows whose grade changed, and a thirtieth of all, in which drift is counted. */
  *#closeTick(asOf: AsOf): Iterable<void> {
    const rows = this.#rows
    const slice = ((asOf.tick % rescoreSlices) + rescoreSlices) % rescoreSlices
    const isDue = (row: number): boolean =>
      rows.has(row, flag.touched) || rows.band(row) !== 0 || rows.slice(row) === slice
    const rescored = yield* rows.each(isDue, (row) => {
      this.#score(row, asOf)
      if (rows.slice(row) === slice && isScored(rows, row)) this.#active.scorer?.count()
      if (rows.has(row, flag.touched)) this.#counted.push(row)
      rows.setFlag(row, flag.touched, false)
    })
    this.#listener({
      kind: 'TickClosed',
      task: this.#name,
      tick: asOf.tick,
      label: this.profile.calendar.label(asOf.tick),
      rescored,
    })
  }

  /** What the watch asks of the tasks, and who contradicts the grade by what it says is usual. */
  *#reviewRisk({ hour, tick }: AsOf, emit: Emit): Iterable<void> {
    const { keys, contradictions } = this.#parts
    const { champion } = this.#active
    if (champion === undefined) return
    const levels = this.#riskContext.in(tick, this.profile)
    const source = { profile: this.profile, rows: this.#rows, around: this.#neighbourhood }
    yield* addMoved(source, champion, keys, this.#contributions, { nodes: levels?.open ?? [], hour, tick })
    for (const found of contradictions.close(tick, levels, champion.hash)) {
      if (found === undefined) yield
      else {
        const record = { key: found.enterpriseId, value: jsonBytes(found) }
        emit({ topic: 'contradictions', partition: this.#partition, record })
      }
    }
  }

  *#write(beat: number, tick: number, emit: Emit): Iterable<void> {
    const partition = this.#partition
    const name = this.#name
    const moved = yield* sortedInSlices(this.#moved, (a, b) => byEnterprise(a.score, b.score))
    let alerts = 0
    for (const [at, { score, alert }] of moved.entries()) {
      if (endsSlice(at)) yield
      emit({ topic: 'scores', partition, record: { key: score.enterpriseId, value: jsonBytes(score) } })
      if (alert === undefined) continue
      alerts++
      emit({ topic: 'enterprise-alerts', partition, record: { key: alert.enterpriseId, value: jsonBytes(alert) } })
    }
    for (const [at, score] of (yield* sortedInSlices(this.#shadowed, byEnterprise)).entries()) {
      emit({ topic: 'shadow-scores', partition, record: { key: score.enterpriseId, value: jsonBytes(score) } })
      if (endsSlice(at)) yield
    }
    this.#shadowed.length = 0
    this.#listener({
      kind: 'BeatFolded',
      task: name,
      beat,
      tick,
      endMs: (beat + 1) * this.#beatMs,
      fates: this.#fates.countByFate(),
      deadCodes: this.#fates.countByCode(),
      flags: this.#flagCounts,
      scores: moved.length,
      alerts,
      unscorable: this.#unscorable,
      factsDropped: this.#rows.factsDropped,
      enterprises: this.#rows.count,
      ...this.#rows.held,
    })
    this.#moved.length = 0
    this.#flagCounts = noFlags()
    this.#unscorable = 0
    this.#rows.factsDropped = 0
    yield* this.#fates.endBeat(beat, emit)
    yield* this.#cellParts.add(this.#contributions.sums, { beat, tick }, beat * this.#beatMs, emit)
    yield* this.#writeCounted({ task: name, beat, tick }, emit)
  }

  *#writeCounted(head: ContributionHead, emit: Emit): Iterable<void> {
    const { profile } = this
    if (profile.file.contributions === 'on') {
      const source = {
        ...{ profile, keys: cellKeys(profile), ids: this.#touchedRows.ids, rows: this.#rows },
        ...{ contributions: this.#contributions, isScoring: this.#active.champion !== undefined },
      }
      yield* writeContributions(source, this.#counted, head, this.#partition, emit)
    }
    this.#counted.length = 0
  }

  /** A table record changes place or grade: what the row says of the open tick is taken out before the first of the beat, and put back after the last. */
  #changeRow(row: number, tick: number, change: () => Fate): Fate {
    const touchedRows = this.#touchedRows
    const contributions = this.#contributions
    const unsettled = this.#unsettled
    touchedRows.touch(row, (_, slot) => contributions.begin(row, slot, tick))
    if (!unsettled.has(row)) {
      unsettled.add(row)
      contributions.facts(row, tick, -1)
      contributions.stock(row, tick, -1)
    }
    const fate = change()
    if (fate === 'applied') touchedRows.change(row)
    return fate
  }

  *#settleTables(tick: number): Iterable<void> {
    let settled = 0
    for (const row of this.#unsettled) {
      this.#contributions.stock(row, tick, 1)
      this.#contributions.facts(row, tick, 1)
      if (endsSlice(settled++)) yield
    }
    this.#unsettled.clear()
  }

  #settle({ record, topic, fateAt, fate, code, detail }: Settled, emit: Emit): void {
    this.#fates.set(fateAt, fate, code)
    if (code !== undefined)
      deadLetter(record, { topic, partition: this.#partition, to: this.#number, code, detail }, emit)
  }

  #countFlags(set: number): void {
    if (set === 0) return
    if ((set & flags.checkDigit) !== 0) this.#flagCounts.checkDigit++
    if ((set & flags.unknownRegion) !== 0) this.#flagCounts.unknownRegion++
    if ((set & flags.unknownIndustry) !== 0) this.#flagCounts.unknownIndustry++
    if ((set & flags.unknownSource) !== 0) this.#flagCounts.unknownSource++
    if ((set & flags.unknownStatus) !== 0) this.#flagCounts.unknownStatus++
  }
}

function byEnterprise(a: { enterpriseId: string }, b: { enterpriseId: string }): number {
  return a.enterpriseId < b.enterpriseId ? -1 : a.enterpriseId > b.enterpriseId ? 1 : 0
}

function noFlags(): FlagCounts {
  return { checkDigit: 0, unknownRegion: 0, unknownIndustry: 0, unknownSource: 0, unknownStatus: 0 }
}
