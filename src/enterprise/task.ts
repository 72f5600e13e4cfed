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
import type { Fate } from '../../streams/outputs.ts'
import type { Profile } from '../../streams/profile.ts'
import { renumbering } from '../../streams/profileChange.ts'
import type { RecordTopic } from '../../streams/topics.ts'
import type { ErrorCode } from '../errors.ts'
import type { RecordsOf } from '../fold/beatRecords.ts'
import { afterLoading, currentPart, jsonPart, type StatePart } from '../fold/state.ts'
import type { Emit, FoldTask } from '../fold/task.ts'
import { jsonBytes } from '../json.ts'
import { neighbourhoodLagTicks, rescoreSlices } from '../limits.ts'
import type { LogRecord } from '../log/port.ts'
import { type TaskId, taskName, taskNumber } from '../log/tasks.ts'
import { type Input, inputsOf } from '../log/topology.ts'
import type { Listener } from '../notices.ts'
import { deadLetter, FateSheet } from '../records.ts'
import { ModelRegistry, stillTurn } from '../registry/modelRegistry.ts'
import { endsSlice } from '../slices.ts'
import { type ContributionHead, writeContributions } from './contributionRecords.ts'
import { FlagTally } from './decode/flagTally.ts'
import type { Known } from './known.ts'
import { PartWriter } from './part.ts'
import { type ProfileFree, type ProfileParts, partsUnder } from './profileParts.ts'
import type { BeatTime } from './rows/keep.ts'
import { type EnterpriseRows, flag } from './rows/rows.ts'
import { TableRecords } from './rows/tableRecords.ts'
import { TableFold } from './rows/tables.ts'
import { TouchedRows } from './rows/touchedRows.ts'
import { rowsState } from './rowsState.ts'
import type { ActiveModels } from './score/activeModels.ts'
import { BeatScores, noScores } from './score/beatScores.ts'
import { addMoved } from './score/movedFeatures.ts'
import type { Neighbourhood } from './score/neighbourhood.ts'
import { RiskContext } from './score/riskContext.ts'
import { type AsOf, isScored } from './score/score.ts'
import type { EnterpriseTaskOptions } from './taskOptions.ts'

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
  readonly #beatMs: number
  readonly #listener: Listener
  readonly #registry: ModelRegistry
  readonly #tables: TableFold
  readonly #tableRecords: TableRecords
  readonly #profileFree: ProfileFree
  /** All that is worked out from the profile in force. */
  #parts: ProfileParts
  readonly #riskContext = new RiskContext()
  readonly #fates: FateSheet
  readonly #cellParts: PartWriter
  #openTick: number | undefined
  readonly #scores: BeatScores
  readonly #flags = new FlagTally()
  /** Rows that may hold facts of the tick that this beat closes. */
  readonly #counted: number[] = []

  constructor(options: EnterpriseTaskOptions) {
    const { profile, model, challenger, begunWith, beatMs, partition, partitions, hashSeed, listener } = options
    const { witness, rowsOnly = false } = options
    this.id = { kind: 'enterprise', partition }
    this.#name = taskName(this.id)
    this.#partition = partition
    this.#fates = new FateSheet({ task: this.#name, beatMs, partition: taskNumber(this.id, partitions) })
    this.#cellParts = new PartWriter(this.#name, partition)
    this.#number = taskNumber(this.id, partitions)
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
    this.#scores = new BeatScores(rows, partition)
    this.#tableRecords = new TableRecords({
      ...{ touchedRows: this.#touchedRows, tables: this.#tables, fates: this.#fates, flags: this.#flags },
      refuse: ({ refused: code, detail, ...of }, emit) => this.#settle({ ...of, fate: 'dead', code, detail }, emit),
    })
    this.#profileFree = {
      ...{ partition: { partition, partitions }, touchedRows: this.#touchedRows, tables: this.#tables },
      registry: this.#registry,
      given: [model, challenger].filter((one) => one != null),
      ...{ witness, rowsOnly },
    }
    this.#parts = partsUnder(profile, this.#profileFree)
    const { looksAround } = this.#neighbourhood
    const isRead = (name: string): boolean => (looksAround || name !== 'archive') && !(rowsOnly && name === 'levels')
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
    const asOf: AsOf = { hour: time.knownHour, beat, tick: time.tick, cause: 'records' }
    for (const page of records.archive) {
      this.#neighbourhood.take([page])
      yield
    }
    this.#neighbourhood.openTick(time.tick)
    this.#riskContext.take(records.levels)
    const { commands, artifacts } = records
    const isStill = this.#registry.isStill(commands, artifacts)
    const { switched } = isStill ? stillTurn : yield* this.#registry.foldInSlices(beat, commands, artifacts)
    if (switched.profile) yield* this.#adopt(time.tick)
    else if (switched.rules) yield* this.#tellRisk(time.tick)
    if (this.#openTick !== undefined && time.tick > this.#openTick) yield* this.#regrade(this.#openTick, time.tick)
    this.#openTick = time.tick
    this.#active.activate(switched)
    if (switched.champion) yield* this.#rescoreAll({ ...asOf, cause: 'model' })
    yield* this.#tableRecords.fold(records, this.#parts, time, emit)
    if (records.events.length > 0) yield* this.#foldEvents(records.events, time, emit)
    yield* this.#touchedRows.release(this.#scoreTouched(asOf))
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
  get #contributions(): ProfileParts['contributions'] {
    return this.#parts.contributions
  }
  get #active(): ActiveModels {
    return this.#parts.active
  }

  /** Makes anew what is worked out from the profile; what was around stays. */
  #standUnder(profile: Profile): void {
    this.#touchedRows.profile = profile
    const around = this.#neighbourhood.save()
    this.#parts = partsUnder(profile, this.#profileFree, this.#parts)
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

  /** Rows whose grade begins in a new tick. */
  *#regrade(before: number, tick: number): Iterable<void> {
    for (const [at, row] of this.#tables.beginningBy(tick).entries()) {
      if (endsSlice(at)) yield
      this.#contributions.stock(row, before, -1)
      this.#contributions.stock(row, tick, 1)
      this.#rows.setFlag(row, flag.touched, true)
    }
  }

  *#foldEvents(records: readonly LogRecord[], time: Time, emit: Emit): Iterable<void> {
    const first = yield* this.#fates.block('risk-events', time.beat, records)
    yield* this.#parts.events.fold(
      records,
      time,
      (row, slot) => this.#contributions.begin(row, slot, time.tick),
      (at, fate, code, detail) => {
        if (code === undefined) this.#fates.set(first + at, fate)
        else this.#settle({ record: records[at], topic: 'risk-events', fateAt: first + at, fate, code, detail }, emit)
      },
      (set) => this.#flags.count(set),
    )
  }

  #scoreTouched(asOf: AsOf): (row: number, slot: number, isChanged: boolean) => void {
    return (row, slot, isChanged) => {
      if (isChanged) this.#score(row, asOf)
      this.#contributions.end(row, slot, asOf.tick)
    }
  }

  #score(row: number, asOf: AsOf): void {
    this.#scores.score(this.#active, row, asOf)
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
    const name = this.#name
    const { scores, alerts, unscorable } = this.#scores.isEmpty ? noScores : yield* this.#scores.write(emit)
    const { facts, tableBytes, arenaBytes } = this.#rows.held
    this.#listener({
      kind: 'BeatFolded',
      task: name,
      beat,
      tick,
      endMs: (beat + 1) * this.#beatMs,
      fates: this.#fates.countByFate(),
      deadCodes: this.#fates.countByCode(),
      flags: this.#flags.take(),
      scores,
      alerts,
      unscorable,
      factsDropped: this.#rows.factsDropped,
      enterprises: this.#rows.count,
      facts,
      tableBytes,
      arenaBytes,
    })
    this.#rows.factsDropped = 0
    if (this.#fates.endBeat(beat)) yield* this.#fates.write(emit)
    yield* this.#cellParts.add(this.#contributions.sums, { beat, tick }, beat * this.#beatMs, emit)
    if (this.#counted.length > 0) yield* this.#writeCounted({ task: name, beat, tick }, emit)
  }

  *#writeCounted(head: ContributionHead, emit: Emit): Iterable<void> {
    const { profile } = this
    if (profile.file.contributions === 'on') {
      const source = {
        ...{ profile, keys: this.#parts.keys, ids: this.#touchedRows.ids, rows: this.#rows },
        ...{ contributions: this.#contributions, isScoring: this.#active.champion !== undefined },
      }
      yield* writeContributions(source, this.#counted, head, this.#partition, emit)
    }
    this.#counted.length = 0
  }

  #settle({ record, topic, fateAt, fate, code, detail }: Settled, emit: Emit): void {
    this.#fates.set(fateAt, fate, code)
    if (code !== undefined)
      deadLetter(record, { topic, partition: this.#partition, to: this.#number, code, detail }, emit)
  }
}
