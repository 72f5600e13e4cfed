/**
 * The port of what is judged at the close of a tick. A statistic knows its subjects, what is usual of each, and what evidence calls for; it
 * learns, and saves what it has learnt. The engine owns all else: the ladder and who stands on it, parents and children, holding, early
 * calls, publishing. The mathematics are in models/.
 *
 * A subject is a number: the key of a node of the lattice, or of the first node of a set.
 */
import type { z } from 'zod'
import type { Level } from '../../../streams/outputs.ts'
import type { LevelColumn, TickRecord } from '../../../streams/ticks.ts'
import type { Axis } from '../../../streams/topics.ts'
import type { StatisticName, Warning } from '../../../streams/warnings.ts'
import type { WordReader, WordWriter } from '../../fold/pages.ts'
import type { Rules } from '../alertState.ts'
import type { Moves } from '../moves.ts'
import type { Population } from '../population.ts'
import type { TickAggregates } from '../tickAggregates.ts'
import type { TickRisk } from '../tickRisk.ts'

/** All that is known of a tick, open or about to close. The archive holds it too, so that `verify` judges by the same. */
export type TickFacts = { aggregates: TickAggregates; population: Population; risk: TickRisk }

/** A subject with its evidence in one tick. */
export type Judged<E> = { subject: number; axis: Axis; evidence: E }

/** In columns: subjects, and the mean and variance of what a tick should bring. `levels`: where each stood, of a statistic that is no count. */
export type Expected = {
  keys: Uint32Array
  means: Float32Array
  variances: Float32Array
  levels?: Readonly<Record<LevelColumn, Float32Array>>
}

/** What called before its tick was over, as the archive has it. */
export type Early = z.output<typeof TickRecord>['early'][number]

/** What would call if it were not one enterprise alone, as the archive lists it. */
export type Listed = NonNullable<z.output<typeof TickRecord>['listed']>[number]

/** Events of a closed tick that were taken back, and the beat in which it happened; the archive has them too. */
export type Amendment = z.output<typeof TickRecord>['late'][number]

/** The part of a warning that only its statistic knows. */
export type Published = Warning extends infer W
  ? W extends Warning
    ? Pick<W, 'statistic' | 'evidence'>
    : never
  : never

/**
 * A sentence of the language files: its name there, what to say where they have none, and values for placeholders. A clause that asks for
 * an undefined one is left out. Place, industry, level and the unit of ticks are filled in for all.
 */
export type Saying = {
  message: string
  otherwise: string
  /** The name of a clause that is put behind it, where the language has it. */
  remark?: string | undefined
  values: Readonly<Record<string, string | number | undefined>>
}

/**
 * `E`: evidence, numbers that an open warning keeps. `D`: detail, what is published beside it and worked out for nothing else.
 */
/** What stands above calm at a subject since an earlier tick: since when, and by what. */
export type StandingAt<E> = (subject: number) => { raisedTick: number; evidence: E } | undefined

/** What the ladder says of subjects in a tick that is over. */
export type Lesson = {
  /** It stands open, or calls: an outbreak is not taken for usual. */
  isHeld: (subject: number) => boolean
  /** It called by nothing but what it shares with one across: what was gathered against it is not its own. */
  isShadow: (subject: number) => boolean
}

export interface Statistic<E extends object, D extends object> {
  readonly name: StatisticName
  /** How levels rise and fall. */
  readonly rules: Rules
  /** Evidence as it is saved. */
  readonly evidence: z.ZodType<E>
  /** What is published where the facts of the tick are not at hand. */
  readonly noDetail: D

  /** A tick closes: subjects of which it is the first to hear. False while there is no history at all. */
  begin(tick: number, facts: TickFacts): boolean
  /** Whether there is history enough for warnings. */
  isWarm(tick: number): boolean
  /** Evidence of every subject that has any that could call, and of those that are open; the coarsest first. Once a tick, before `learn`. */
  judge(tick: number, facts: TickFacts, isOpen: (subject: number) => boolean): Judged<E>[]
  /** What it expected in the tick that it judged last, by subject, for charts; absent where nothing is expected. */
  expected?(): Expected | undefined
  /** What of the tick that it judged last is listed, and not raised; absent where nothing is. */
  listed?(): Listed[]
  /** Takes the tick into the state. */
  learn(tick: number, facts: TickFacts, of: Lesson): void

  /** The level that evidence calls for; `callingChildren`: subjects right below that call for one themselves. */
  called(evidence: E, callingChildren: number): Level
  /** Whether it lies below half of what a level asks. */
  isQuiet(evidence: E, level: Level): boolean
  /** Whether a count of 0 would say nothing in this tick: what stands is held. Absent where nothing stands on events. */
  isSilent?(subject: number, facts: TickFacts): boolean
  /** Whether a child's evidence is what its parent's rise alone would bring. */
  explainedByParent(child: Judged<E>, parent: Judged<E>): boolean
  /**
   * What is left of one's evidence without the node that it shares with another, which lies neither above nor below it. Undefined where the
   * other's rise would not bring what is shared; absent where nothing is known of parts.
   */
  restAcross?(one: Judged<E>, other: Judged<E>, shared: number): E | undefined
  /** Whether a parent without this child would call for nothing. */
  explainedByChild(parent: Judged<E>, child: Judged<E>): boolean

  /** Whether the detail of an open warning has become known in this tick; absent where it always is. */
  explains?(one: Judged<E>, facts: TickFacts): boolean
  detail(one: Judged<E>, facts: TickFacts, standing: StandingAt<E>): D
  published(evidence: E, detail: D): Published
  saying(one: Judged<E>, detail: D, language: string): Saying

  /** Whether what was taken back is in this evidence, and what is left without so many events; absent where it does not stand on events. */
  standsOn?(evidence: E, amendment: Amendment): boolean
  reduced?(evidence: E, eventsLost: number): E
  /** Absent where nothing calls before the tick is over. */
  readonly early?: EarlyCalls<E, D>

  /** The first thing saved is JSON, which `load` is given as it was read. `moves`: to the keys of another profile. */
  save(out: WordWriter): void
  load(head: unknown, from: WordReader, moves?: Moves): void
}

export interface EarlyCalls<E extends object, D extends object> {
  /** Subjects that may call for more than they stand at, by what has come in so far, among those that changed in this beat. */
  subjects(tick: number, facts: TickFacts, levelOf: (subject: number) => Level): number[]
  /** Evidence by what has come in so far; undefined for a subject that is not judged. */
  judged(tick: number, facts: TickFacts, subject: number): Judged<E> | undefined
  /** As it is archived, and read from there. */
  record(one: Judged<E>, facts: TickFacts, beat: number): Early
  again(tick: number, early: Early, standing: StandingAt<E>): { one: Judged<E>; detail: D } | undefined
}
