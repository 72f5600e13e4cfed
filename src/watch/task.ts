/**
 * The watch task, one for the country: the journey of one beat, in running order.
 *
 *   obey    commands, each answered once, and artefacts: which model is in force, and which profile
 *   pool    parts of all enterprise tasks into the ledger of the open tick
 *   amend   warnings whose evidence was taken back
 *   early   what is red before the tick is over
 *   close   at the end of a tick: expect, judge, level, warn; then learn, and archive the tick
 */
import { z } from 'zod'
import type { RiskModel } from '../../models/risk/riskModel.ts'
import {
  CellPart,
  type ModelDrifted,
  type PublicNotice,
  type SourceSilent,
  type SourceSpoke,
  type SourcesHeard,
  type Warning,
} from '../../streams/outputs.ts'
import type { Profile } from '../../streams/profile.ts'
import { TickRecord } from '../../streams/ticks.ts'
import { type CellKeys, cellKeys } from '../cells.ts'
import type { RecordsOf } from '../fold/beatRecords.ts'
import { afterLoading, currentPart, jsonPart, type StatePart } from '../fold/state.ts'
import type { Emit, FoldTask } from '../fold/task.ts'
import { jsonBytes, jsonOf } from '../json.ts'
import type { LogRecord } from '../log/port.ts'
import { type TaskId, taskName, taskNumber } from '../log/tasks.ts'
import { type Input, inputsOf } from '../log/topology.ts'
import type { Tell } from '../notices.ts'
import { deadLetter, FateSheet } from '../records.ts'
import { type DeskOptions, ModelDesk } from '../registry/desk.ts'
import { writeStateWhenDue, writeTick } from './archive.ts'
import { Beginnings, SavedBeginnings } from './beginnings.ts'
import { DriftWatch } from './drift.ts'
import { HeardHours } from './heardHours.ts'
import { type Early, Judge } from './judge.ts'
import { type Lattice, lattice } from './lattice.ts'
import { Ledger } from './ledger.ts'
import { moved, movesBetween } from './moves.ts'
import { type Amendment, topicOf } from './openWarnings.ts'
import { SavedSources, SourceWatch } from './sources.ts'
import { Stock } from './stock.ts'
import { tickTotals } from './totals.ts'

export type WatchTaskOptions = {
  profile: Profile
  /** The first champion. */
  model: RiskModel | null
  begunWith?: DeskOptions['begunWith']
  foldVersion: number
  beatMs: number
  partitions: number
  tell: Tell
}

/** What is worked out from a profile, and made anew under another. */
type Parts = {
  profile: Profile
  keys: CellKeys
  lattice: Lattice
  judge: Judge
  ledger: Ledger
  /** Registered enterprises by (leaf, grade, band). */
  stock: Stock
  sources: SourceWatch
  beginnings: Beginnings
  hours: HeardHours
  drift: DriftWatch
}

/** Those of them that have state, in the order in which it is loaded. */
const stateful = ['ledger', 'stock', 'sources', 'beginnings', 'hours', 'drift', 'judge'] as const

/** Of the open tick, beside the ledger; as the tick archive has it. */
const SavedTick = TickRecord.pick({ early: true, late: true }).extend({ open: z.int().nullable() })

/** Parts are long columns of numbers: compiled, the contract makes no object for each. */
const cellPart = z.compile(CellPart)

export class WatchTask implements FoldTask {
  readonly id: TaskId = { kind: 'watch' }
  readonly inputs: readonly Input[]
  readonly state: readonly StatePart[]
  /** Its partition of fates and dead letters. */
  private readonly number: number
  private readonly options: WatchTaskOptions
  private readonly desk: ModelDesk
  /** All that is worked out from the profile in force. */
  private parts: Parts
  private readonly fates = new FateSheet()
  private openTick: number | undefined
  private early: Early[] = []
  private late: Amendment[] = []

  constructor(options: WatchTaskOptions) {
    const { profile, model, begunWith, beatMs, partitions } = options
    this.options = options
    this.desk = new ModelDesk({ profile, beatMs, champion: model?.hash ?? null, challenger: null, begunWith })
    this.parts = this.partsUnder(profile)
    this.inputs = inputsOf(this.id, partitions)
    this.number = taskNumber(this.id, partitions)
    const tick = jsonPart(
      { name: 'tick', version: 1, contract: SavedTick },
      () => ({ open: this.openTick ?? null, early: this.early, late: this.late }),
      ({ open, early, late }) => {
        this.openTick = open ?? undefined
        this.early = early
        this.late = late
      },
    )
    const desk = afterLoading(this.desk.state, () => {
      if (this.desk.profile !== this.profile) this.parts = this.partsUnder(this.desk.profile)
    })
    const parts = stateful.map((name) => currentPart(() => this.parts[name].state))
    this.state = [tick, desk, ...parts]
  }

  private partsUnder(profile: Profile): Parts {
    const { model, foldVersion, beatMs } = this.options
    const { desk } = this
    const keys = cellKeys(profile)
    const lines = lattice(profile, keys)
    const identity = {
      profile,
      keys,
      /** A warning names the model in force. */
      get model() {
        return desk.champion
      },
      foldVersion,
      beatMs,
    }
    const sources = new SourceWatch(profile, keys, beatMs)
    const beginnings = new Beginnings(profile, keys, sources)
    const ledger = new Ledger(profile, keys, lines, (...of) => beginnings.roleOf(...of))
    return {
      profile,
      keys,
      lattice: lines,
      judge: new Judge(identity, lines),
      ledger,
      stock: new Stock(keys, ledger.paths),
      sources,
      beginnings,
      hours: new HeardHours(profile, keys, beatMs),
      drift: new DriftWatch(profile, (hash) => desk.modelOf(hash, model === null ? [] : [model])),
    }
  }

  /** Another profile from this beat on. What was learnt moves to its codes; the tasks tell all of the stock anew. */
  private adopt(beat: number, tick: number, emit: Emit): void {
    const before = this.parts
    this.parts = this.partsUnder(this.desk.profile)
    const moves = movesBetween(before, this.parts)
    this.publish(this.judge.goOnFrom(before.judge, moves, beat, tick), emit)
    this.sources.load(moved(SavedSources, before.sources.save(), moves))
    this.beginnings.load(moved(SavedBeginnings, before.beginnings.save(), moves))
    this.drift.load(before.drift.save())
  }

  get profile(): Profile {
    return this.parts.profile
  }
  get judge(): Judge {
    return this.parts.judge
  }
  /** Registered enterprises by (leaf, grade, band). */
  get stock(): Stock {
    return this.parts.stock
  }
  private get ledger(): Ledger {
    return this.parts.ledger
  }
  private get sources(): SourceWatch {
    return this.parts.sources
  }
  get beginnings(): Beginnings {
    return this.parts.beginnings
  }
  private get hours(): HeardHours {
    return this.parts.hours
  }
  private get drift(): DriftWatch {
    return this.parts.drift
  }

  fold(beat: number, records: RecordsOf<'watch'>, emit: Emit): void {
    for (const _ of this.foldInSlices(beat, records, emit));
  }

  *foldInSlices(beat: number, { commands, parts, artifacts }: RecordsOf<'watch'>, emit: Emit): Iterable<void> {
    const { calendar } = this.options.profile
    const tick = calendar.tickOf(beat * this.options.beatMs)
    yield* this.obey(commands, artifacts, { beat, tick }, emit)
    this.tellHeard(this.hours.before(beat, this.sources), emit)
    for (const part of parts) {
      this.pool(cellPart.parse(jsonOf(part.value)), { beat, tick })
      yield
    }
    if (this.openTick === undefined) {
      this.drift.forget()
      return
    }
    this.openTick = tick
    for (const notice of this.sources.spoke(beat, tick)) this.tellSpoke(notice, emit)
    this.amend(beat, tick, emit)
    this.raiseEarly(beat, tick, emit)
    if (this.endBeat(tick) === beat) yield* this.close(tick, beat, emit)
  }

  nextTickEnd(beat: number): number | undefined {
    const boundary = this.desk.boundaryAfter(beat)
    if (this.openTick === undefined) return boundary
    const tickEnd = this.endBeat(this.options.profile.calendar.tickOf((beat + 1) * this.options.beatMs))
    return Math.min(boundary ?? tickEnd, tickEnd)
  }

  private endBeat(tick: number): number {
    return this.options.profile.calendar.endMs(tick) / this.options.beatMs - 1
  }

  /** Commands and artefacts get their fates, and commands their answers; some are answered beats later. */
  private *obey(
    commands: readonly LogRecord[],
    artifacts: readonly LogRecord[],
    { beat, tick }: { beat: number; tick: number },
    emit: Emit,
  ): Iterable<void> {
    const { tell } = this.options
    const turn = yield* this.desk.foldInSlices(beat, commands, artifacts)
    if (turn.switched.profile) this.adopt(beat, tick, emit)
    for (const { topic, records, outcomes } of [
      { topic: 'commands', records: commands, outcomes: turn.commands },
      { topic: 'artifacts', records: artifacts, outcomes: turn.chunks },
    ] as const) {
      const first = yield* this.fates.block(topic, records)
      for (const [at, { fate, code, detail }] of outcomes.entries()) {
        this.fates.set(first + at, fate, code)
        if (code !== undefined) deadLetter(records[at], { topic, partition: 0, to: this.number, code, detail }, emit)
      }
    }
    for (const result of turn.results) {
      emit({ topic: 'command-results', partition: 0, record: { key: result.id, value: jsonBytes(result) } })
      const { kind: command, accepted, code, detail } = result
      tell({ kind: 'CommandAnswered', command, accepted, code, detail })
    }
    yield* this.fates.write({ task: taskName(this.id), beat, tick }, this.number, emit)
  }

  private pool(part: CellPart, { beat, tick }: { beat: number; tick: number }): void {
    this.ledger.add(part)
    if (part.arrivals.keys.length > 0) {
      this.sources.hear(part.arrivals, beat)
      this.hours.hear(beat)
    }
    if (part.drift !== undefined) this.drift.add(part.drift)
    this.stock.add(part.stock)
    // Ticks begin with the first part that says something.
    if (part.counts.keys.length + part.arrivals.keys.length + part.stock.keys.length > 0) this.openTick ??= tick
  }

  private amend(beat: number, tick: number, emit: Emit): void {
    const amendments = this.ledger.takeLate().map((one) => ({ ...one, beat }))
    if (amendments.length === 0) return
    this.late.push(...amendments)
    this.publish(this.judge.warnings.amend(amendments, beat, tick), emit)
  }

  private raiseEarly(beat: number, tick: number, emit: Emit): void {
    for (const found of this.judge.earlyReds(this.ledger, { beat, tick })) {
      const withheld = this.ledger.withheld(found.node)
      const early = {
        ...found,
        byType: this.ledger.byType(found.node, this.parts.profile),
        ...(withheld === 0 ? {} : { withheld }),
      }
      this.early.push(early)
      this.publish(this.judge.raiseEarly(early, tick), emit)
    }
  }

  private *close(tick: number, beat: number, emit: Emit): Iterable<void> {
    const { tell } = this.options
    const { profile } = this.parts
    const label = profile.calendar.label(tick)
    this.ledger.turns = this.beginnings.close(tick, this.ledger.bySource())
    this.publish(this.judge.close(tick, beat, this.ledger), emit)
    yield
    this.tellHeard(this.hours.atEnd(beat, this.sources), emit)
    for (const notice of this.sources.close(tick)) this.tellSilent(notice, emit)
    const drift = this.drift.close(tick, this.desk.champion)
    for (const notice of drift?.notices ?? []) this.tellDrifted(notice, emit)
    yield
    writeTick(this.ledger, { tick, label, beat }, this.early, this.late, emit)
    yield
    writeStateWhenDue(this.judge, tick, emit)
    yield
    tell({
      kind: 'TickJudged',
      tick,
      label,
      artifacts: this.desk.artifacts.completeCount,
      drift: drift && { rows: drift.rows, indexes: drift.indexes },
      ...tickTotals(profile, this.parts.keys, this.parts.lattice, this.judge, this.ledger, this.stock),
    })
    this.ledger.clear()
    this.early = []
    this.late = []
  }

  private publish(warnings: readonly Warning[], emit: Emit): void {
    for (const warning of warnings) {
      emit({
        topic: topicOf(warning),
        partition: 0,
        record: {
          key: [warning.region, warning.industry].filter((code) => code !== '').join('|'),
          value: jsonBytes(warning),
        },
      })
      const { id, axis, region, industry, level, levelBefore, change, tickLabel, sentences } = warning
      this.options.tell({
        kind: 'WarningChanged',
        id,
        axis,
        region,
        industry,
        level,
        levelBefore,
        change,
        tickLabel,
        sentences,
      })
    }
  }

  private tellSilent(notice: SourceSilent, emit: Emit): void {
    this.notify(notice.source, notice, emit)
    const { source, region, tickLabel, expected } = notice
    this.options.tell({ kind: 'SourceSilent', source, region, tickLabel, expected })
  }

  private tellSpoke(notice: SourceSpoke, emit: Emit): void {
    this.notify(notice.source, notice, emit)
    const { source, region, tickLabel, silentTicks } = notice
    this.options.tell({ kind: 'SourceSpoke', source, region, tickLabel, silentTicks })
  }

  private tellHeard(notice: SourcesHeard | undefined, emit: Emit): void {
    if (notice !== undefined) this.notify(notice.hour, notice, emit)
  }

  private tellDrifted(notice: ModelDrifted, emit: Emit): void {
    this.notify(notice.model, notice, emit)
    const { model, feature, psi, rows, tickLabel, sentences } = notice
    this.options.tell({ kind: 'ModelDrifted', model, feature, psi, rows, tickLabel, sentences })
  }

  private notify(key: string, notice: PublicNotice, emit: Emit): void {
    emit({ topic: 'notices', partition: 0, record: { key, value: jsonBytes(notice) } })
  }
}
