/**
 * The watch task, one for the country: the journey of one beat, in running order.
 *
 *   obey    commands, each answered once, and artefacts: which model is in force, and which profile
 *   pool    parts of all enterprise tasks into the aggregates of the open tick
 *   amend   warnings whose evidence was taken back
 *   early   what is red before the tick is over
 *   close   at the end of a tick: expect, judge, level, warn; then learn, and archive the tick
 */
import { z } from 'zod'
import type { RiskModel } from '../../models/risk/riskModel.ts'
import type { CellPart } from '../../streams/outputs.ts'
import type { Profile } from '../../streams/profile.ts'
import type { RiskLevels } from '../../streams/riskLevels.ts'
import { TickRecord } from '../../streams/ticks.ts'
import { type CellKeys, cellKeys } from '../cells.ts'
import { partOf } from '../columns/cellPart.ts'
import type { RecordsOf } from '../fold/beatRecords.ts'
import { afterLoading, currentPart, jsonPart, type StatePart } from '../fold/state.ts'
import type { Emit, FoldTask } from '../fold/task.ts'
import { jsonBytes } from '../json.ts'
import type { LogRecord } from '../log/port.ts'
import { type TaskId, taskName, taskNumber } from '../log/tasks.ts'
import { type Input, inputsOf } from '../log/topology.ts'
import type { Listener } from '../notices.ts'
import { deadLetter, FateSheet } from '../records.ts'
import { ModelRegistry, type RegistryOptions } from '../registry/modelRegistry.ts'
import { writeExpected, writeStateWhenDue, writeTick } from './archive.ts'
import { Beginnings, SavedBeginnings } from './beginnings.ts'
import { ContradictionCounts } from './contradictionCounts.ts'
import { DriftWatch } from './drift.ts'
import { HeardHours } from './heardHours.ts'
import { type Lattice, lattice } from './lattice.ts'
import { moved, movesBetween } from './moves.ts'
import { Population } from './population.ts'
import { silentRegions } from './silentRegions.ts'
import { SavedSources, SourceWatch } from './sources.ts'
import type { Amendment, Early, TickFacts } from './statistics/statistic.ts'
import { Telling } from './telling.ts'
import { TickAggregates } from './tickAggregates.ts'
import { TickRisk } from './tickRisk.ts'
import { expectedTotals, knownOf, tickTotals, totalNodes } from './totals.ts'
import { WarningEngine } from './warningEngine.ts'

export type WatchTaskOptions = {
  profile: Profile
  /** The first champion. */
  model: RiskModel | null
  begunWith?: RegistryOptions['begunWith']
  foldVersion: number
  beatMs: number
  partitions: number
  listener: Listener
}

/** What is worked out from a profile, and made anew under another. */
type Parts = {
  profile: Profile
  keys: CellKeys
  lattice: Lattice
  engine: WarningEngine
  aggregates: TickAggregates
  risk: TickRisk
  /** Enterprises whose scores contradict their grade. */
  contradictions: ContradictionCounts
  /** Registered enterprises by (leaf, grade, band). */
  population: Population
  sources: SourceWatch
  beginnings: Beginnings
  hours: HeardHours
  drift: DriftWatch
  /** Nodes of which totals are told. */
  totals: readonly number[]
}

/** Those of them that have state, in the order in which it is loaded. */
const stateful = [
  'aggregates',
  'risk',
  'contradictions',
  'population',
  'sources',
  'beginnings',
  'hours',
  'drift',
  'engine',
] as const

/** Of the open tick, beside the aggregates; as the tick archive has it. */
const SavedTick = TickRecord.pick({ early: true, late: true }).extend({ open: z.int().nullable() })

export class WatchTask implements FoldTask {
  readonly id: TaskId = { kind: 'watch' }
  readonly inputs: readonly Input[]
  readonly state: readonly StatePart[]
  /** Its partition of fates and dead letters. */
  readonly #number: number
  readonly #options: WatchTaskOptions
  readonly #registry: ModelRegistry
  /** All that is worked out from the profile in force. */
  #parts: Parts
  readonly #fates: FateSheet
  readonly #told: Telling
  /** An hour is over since the levels of risk were told; of the hours of an epoch the last is. */
  #isRiskDue = false
  #openTick: number | undefined
  #early: Early[] = []
  #late: Amendment[] = []

  constructor(options: WatchTaskOptions) {
    const { profile, model, begunWith, beatMs, partitions } = options
    this.#options = options
    this.#told = new Telling(options.listener)
    this.#registry = new ModelRegistry({ profile, beatMs, champion: model?.hash ?? null, challenger: null, begunWith })
    this.#parts = this.#partsUnder(profile)
    this.inputs = inputsOf(this.id, partitions)
    this.#number = taskNumber(this.id, partitions)
    this.#fates = new FateSheet({ task: taskName(this.id), beatMs, partition: this.#number })
    const tick = jsonPart(
      { name: 'tick', version: 1, contract: SavedTick },
      () => ({ open: this.#openTick ?? null, early: this.#early, late: this.#late }),
      ({ open, early, late }) => {
        this.#openTick = open ?? undefined
        this.#early = early
        this.#late = late
      },
    )
    const registry = afterLoading(this.#registry.state, () => {
      if (this.#registry.profile !== this.profile) this.#parts = this.#partsUnder(this.#registry.profile)
    })
    const parts = stateful.map((name) => currentPart(() => this.#parts[name].state))
    this.state = [tick, registry, ...parts]
  }

  #partsUnder(profile: Profile): Parts {
    const { model, foldVersion, beatMs } = this.#options
    const registry = this.#registry
    const keys = cellKeys(profile)
    const lines = lattice(profile, keys)
    const identity = {
      profile,
      keys,
      /** A warning names the model in force. */
      get model() {
        return registry.champion
      },
      foldVersion,
      beatMs,
    }
    const sources = new SourceWatch(profile, keys, beatMs)
    const beginnings = new Beginnings(profile, keys, sources)
    const aggregates = new TickAggregates(profile, keys, lines, (...of) => beginnings.roleOf(...of))
    return {
      profile,
      keys,
      lattice: lines,
      engine: new WarningEngine(identity, lines),
      aggregates,
      risk: new TickRisk(keys),
      contradictions: new ContradictionCounts(keys, aggregates.ancestors),
      population: new Population(keys, aggregates.ancestors),
      sources,
      beginnings,
      hours: new HeardHours(profile, keys, beatMs),
      totals: totalNodes(profile, keys, lines),
      drift: new DriftWatch(profile, (hash) => registry.modelOf(hash, model === null ? [] : [model])),
    }
  }

  /** Another profile from this beat on. What was learnt moves to its codes; the tasks tell all of the population anew. */
  #adopt(beat: number, tick: number, emit: Emit): void {
    const before = this.#parts
    this.#parts = this.#partsUnder(this.#registry.profile)
    const moves = movesBetween(before, this.#parts)
    this.#told.warnings(this.engine.goOnFrom(before.engine, moves, beat, tick), emit)
    this.#sources.load(moved(SavedSources, before.sources.save(), moves))
    this.beginnings.load(moved(SavedBeginnings, before.beginnings.save(), moves))
    this.#drift.load(before.drift.save())
  }

  get profile(): Profile {
    return this.#parts.profile
  }
  get engine(): WarningEngine {
    return this.#parts.engine
  }
  /** Registered enterprises by (leaf, grade, band). */
  get population(): Population {
    return this.#parts.population
  }
  get #aggregates(): TickAggregates {
    return this.#parts.aggregates
  }
  get #facts(): TickFacts {
    return { aggregates: this.#aggregates, population: this.population, risk: this.#parts.risk }
  }
  get #sources(): SourceWatch {
    return this.#parts.sources
  }
  get beginnings(): Beginnings {
    return this.#parts.beginnings
  }
  get #hours(): HeardHours {
    return this.#parts.hours
  }
  get #drift(): DriftWatch {
    return this.#parts.drift
  }

  fold(beat: number, records: RecordsOf<'watch'>, emit: Emit): void {
    for (const _ of this.foldInSlices(beat, records, emit));
    for (const _ of this.endEpoch(emit));
  }

  *endEpoch(emit: Emit): Iterable<void> {
    yield* this.#fates.write(emit)
    if (this.#isRiskDue && this.#openTick !== undefined) this.#tellRisk(this.#openTick)
  }

  *foldInSlices(beat: number, { commands, parts, artifacts }: RecordsOf<'watch'>, emit: Emit): Iterable<void> {
    const { calendar } = this.#options.profile
    const tick = calendar.tickOf(beat * this.#options.beatMs)
    if (!this.#registry.isStill(commands, artifacts)) yield* this.#obey(commands, artifacts, { beat, tick }, emit)
    const heard = this.#hours.before(beat, this.#sources)
    if (heard !== undefined) {
      this.#told.heard(heard, emit)
      this.#isRiskDue = true
    }
    for (const part of parts) {
      this.#pool(partOf(part), { beat, tick })
      if (parts.length > 1) yield
    }
    if (this.#openTick === undefined) {
      this.#drift.forget()
      return
    }
    this.#openTick = tick
    for (const notice of this.#sources.spoke(beat, tick)) this.#told.spoke(notice, emit)
    this.#amend(beat, tick, emit)
    this.#raiseEarly(beat, tick, emit)
    if (this.#endBeat(tick) === beat) yield* this.#close(tick, beat, emit)
  }

  nextTickEnd(beat: number): number | undefined {
    const boundary = this.#registry.boundaryAfter(beat)
    if (this.#openTick === undefined) return boundary
    const tickEnd = this.#endBeat(this.#options.profile.calendar.tickOf((beat + 1) * this.#options.beatMs))
    return Math.min(boundary ?? tickEnd, tickEnd)
  }

  #endBeat(tick: number): number {
    return this.#options.profile.calendar.endMs(tick) / this.#options.beatMs - 1
  }

  /** Commands and artefacts get their fates, and commands their answers; some are answered beats later. */
  *#obey(
    commands: readonly LogRecord[],
    artifacts: readonly LogRecord[],
    { beat, tick }: { beat: number; tick: number },
    emit: Emit,
  ): Iterable<void> {
    const { listener } = this.#options
    const turn = yield* this.#registry.foldInSlices(beat, commands, artifacts)
    if (turn.switched.profile) this.#adopt(beat, tick, emit)
    if (turn.switched.champion) this.#parts.risk.modelChanged = true
    if (turn.switched.rules) this.#parts.risk.beginAnew()
    for (const { topic, records, outcomes } of [
      { topic: 'commands', records: commands, outcomes: turn.commands },
      { topic: 'artifacts', records: artifacts, outcomes: turn.chunks },
    ] as const) {
      const first = yield* this.#fates.block(topic, beat, records)
      for (const [at, { fate, code, detail }] of outcomes.entries()) {
        this.#fates.set(first + at, fate, code)
        if (code !== undefined) deadLetter(records[at], { topic, partition: 0, to: this.#number, code, detail }, emit)
      }
    }
    for (const result of turn.results) {
      emit({ topic: 'command-results', partition: 0, record: { key: result.id, value: jsonBytes(result) } })
      const { kind: command, accepted, code, detail } = result
      listener({ kind: 'CommandAnswered', command, accepted, code, detail })
    }
    if (this.#fates.endBeat(beat)) yield* this.#fates.write(emit)
  }

  #pool(part: CellPart, { beat, tick }: { beat: number; tick: number }): void {
    this.#aggregates.add(part)
    this.#parts.risk.add(part)
    this.#parts.contradictions.add(part)
    if (part.arrivals.keys.length > 0) {
      this.#sources.hear(part.arrivals, beat)
      this.#hours.hear(beat)
    }
    if (part.drift !== undefined) this.#drift.add(part.drift)
    this.population.add(part.stock)
    // Ticks begin with the first part that says something.
    if (part.counts.keys.length + part.arrivals.keys.length + part.stock.keys.length > 0) this.#openTick ??= tick
  }

  #amend(beat: number, tick: number, emit: Emit): void {
    const late = this.#aggregates.takeLate()
    if (late.length === 0) return
    const amendments = late.map((one) => ({ ...one, beat }))
    this.#late.push(...amendments)
    this.#told.warnings(this.engine.amend(amendments, beat, tick), emit)
  }

  #raiseEarly(beat: number, tick: number, emit: Emit): void {
    for (const { early, warnings } of this.engine.earlyCalls(this.#facts, { beat, tick })) {
      this.#early.push(early)
      this.#told.warnings(warnings, emit)
    }
  }

  *#close(tick: number, beat: number, emit: Emit): Iterable<void> {
    const { listener } = this.#options
    const { profile } = this.#parts
    const { artifacts } = this.#registry
    const label = profile.calendar.label(tick)
    const { keys, lattice, totals } = this.#parts
    const unheard = this.beginnings.unheard()
    this.#aggregates.turns = this.beginnings.close(tick, this.#aggregates.bySource())
    const heard = this.#hours.atEnd(beat, this.#sources)
    const silences = this.#sources.close(tick)
    const { streams } = this.#sources
    this.#aggregates.silent = silentRegions(
      streams,
      keys,
      (key) => unheard.has(key) || streams.of(key).told !== undefined,
    )
    const expected = expectedTotals(knownOf(totals, this.#facts), this.engine, tick)
    this.#parts.risk.close(() => this.#championFeatures())
    this.#told.warnings(this.engine.close(tick, beat, this.#facts), emit)
    this.#tellLevels(tick, emit)
    this.#told.notJudged({ hasModel: this.#registry.champion !== null, grades: profile.file.grades.length })
    yield
    this.#told.heard(heard, emit)
    for (const notice of silences) this.#told.silent(notice, emit)
    const drift = this.#drift.close(tick, this.#registry.champion)
    for (const notice of drift?.notices ?? []) this.#told.drifted(notice, emit)
    yield
    const listed = this.engine.listed()
    writeTick(this.#facts, { tick, label, beat }, { early: this.#early, late: this.#late, listed }, emit)
    yield
    writeExpected(this.engine, tick, emit)
    yield
    writeStateWhenDue(this.engine, this.population, tick, emit)
    yield
    listener({
      kind: 'TickJudged',
      tick,
      label,
      artifacts: artifacts.completeCount,
      models: { champion: this.#registry.champion, challenger: this.#registry.challenger },
      drift: drift && { rows: drift.rows, indexes: drift.indexes },
      ...tickTotals(profile, keys, lattice, this.engine, this.#facts, expected),
    })
    this.#aggregates.clear()
    this.#parts.risk.clear()
    this.#tellRisk(tick)
    this.#early = []
    this.#late = []
  }

  /** Of the model that the tasks scored with in this tick; none where nobody scores. */
  #championFeatures(): readonly string[] {
    const { champion } = this.#registry
    const { model } = this.#options
    return champion === null
      ? []
      : (this.#registry.modelOf(champion, model === null ? [] : [model])?.featureNames ?? [])
  }

  /** Where regions stand now; after a close its changes are in what stands. */
  #tellRisk(tick: number): void {
    this.#isRiskDue = false
    const { lattice: lines, contradictions, risk } = this.#parts
    const regions = this.engine.risk.levelsWith(risk.byRegion).map(({ node, ...level }) => ({
      ...level,
      region: lines.codes(node).region,
      contradictions: contradictions.of(node),
    }))
    this.#told.risk(tick, this.profile.calendar.label(tick), regions)
  }

  /** What the enterprise tasks go by in the second tick after this one. */
  #tellLevels(tick: number, emit: Emit): void {
    const { enterprises, probability } = this.engine.risk.country
    const levels: RiskLevels = {
      ...{ tick, profile: this.profile.hash },
      ...{ enterprises: Array.from(enterprises), probability: Array.from(probability) },
      ...{ crowded: this.#parts.contradictions.crowded(), open: this.engine.risk.asked },
    }
    this.#told.levels(levels, emit)
  }
}
