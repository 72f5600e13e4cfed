/** Warnings: rows of lists, one with all that is said of it, and what stands beside it. */
import { z } from 'zod'
import { axes, Level } from '../../../streams/outputs.ts'
import { CountEvidence, statisticNames, warningKinds } from '../../../streams/warnings.ts'
import { HandlingState } from '../../handling/handling.ts'
import { SilentSource } from './sources.ts'

/** By language. */
export const Sentences = z.record(z.string(), z.string())
export const Place = z.object({ region: z.string(), industry: z.string() })

/** What people did about a warning; the level is what the judge says. Neither ends the other. */
export const Handling = z
  .object({
    state: HandlingState,
    /** Goes up with every accepted action; an action names the one that it saw. */
    version: z.int(),
    owner: z.string().nullable(),
    dueAt: z.string().nullable(),
  })
  .meta({ id: 'Handling' })
export type Handling = z.infer<typeof Handling>

export const WarningRow = z
  .object({
    id: z.string(),
    /** What was judged. `observed` and `expected` are counts of events (`count`), or mean risk of new enterprises and old (`risk`). */
    statistic: z.enum(statisticNames),
    /** Of `count`: the group of types whose events alone are counted; null: all of them. */
    group: z.string().nullable(),
    /** Of `risk`: `behaviour`, worse at the same grades, or `grades`, a worse mix of them. */
    reason: z.string().nullable(),
    /** Of `count`, where the evidence of its last change called: what kind of rise it is. */
    kind: z.enum(warningKinds).nullable(),
    axis: z.enum(axes),
    region: z.string(),
    industry: z.string(),
    level: Level,
    levelBefore: Level,
    /** The tick from which the level holds. */
    levelSince: z.string(),
    /** The last change brought it up. */
    risen: z.boolean(),
    early: z.boolean(),
    /** The tick in which it was raised, and the one of its last change, as labels: `2026-02-13`. */
    raised: z.string(),
    tick: z.string(),
    observed: z.number(),
    expected: z.number(),
    ratio: z.number(),
    enterprises: z.int(),
    sentences: Sentences,
    /** Judged events of the cell, or of the group in it, in the last 28 closed ticks, oldest first. */
    spark: z.array(z.int()),
    /** Warned cells below it. */
    children: z.int(),
    /** The warned cell that this one follows from. */
    explainedBy: Place.nullable(),
    /** It stands no more. */
    calmAgain: z.boolean(),
    amended: z.boolean(),
    /** Most of its sources are silent: until they are heard it does not fall. */
    held: z.boolean(),
    handling: Handling,
    suppressedBy: z.string().nullable(),
    /** `own`: of the scope of whoever asks; `context`: above it. */
    visible: z.enum(['own', 'context']),
  })
  .meta({ id: 'WarningRow' })
export type WarningRow = z.infer<typeof WarningRow>

const counts = z.record(z.string(), z.int())

/** How many warnings there would be for each value of a filter, under all the others. */
export const Facets = z.object({
  level: counts,
  axis: counts,
  statistic: counts,
  /** By code of the outermost region and industry. */
  region: counts,
  industry: counts,
})
export type Facets = z.infer<typeof Facets>

export const WarningList = z
  .object({
    total: z.int(),
    rows: z.array(WarningRow),
    facets: Facets,
    /** The cursor of the next page; null: this is the last. */
    next: z.string().nullable(),
    /** The closed tick that is shown, where the past was asked for. */
    asOf: z.string().nullable(),
  })
  .meta({ id: 'WarningList' })
export type WarningList = z.infer<typeof WarningList>

/** One record of the topic, in order of time. */
export const WarningChange = z.object({
  tick: z.string(),
  at: z.string(),
  change: z.enum(['raised', 'level', 'cleared', 'amended', 'explained', 'held', 'released']),
  level: Level,
  levelBefore: Level,
  early: z.boolean(),
  observed: z.number(),
  expected: z.number(),
  enterprises: z.int(),
  sentences: Sentences,
})
export type WarningChange = z.infer<typeof WarningChange>

export const WarningDetail = z
  .object({
    row: WarningRow,
    /** What the judge went by; its fields are those of the statistic. */
    evidence: z.union([CountEvidence, z.record(z.string(), z.unknown())]),
    changes: z.array(WarningChange),
    /** Standing warnings above and below it, and those of the same place by other statistics. */
    parents: z.array(WarningRow),
    children: z.array(WarningRow),
    beside: z.array(WarningRow),
    /** Sources that were silent in its region in its tick. */
    silent: z.array(SilentSource),
    profile: z.string(),
    model: z.string().nullable(),
    foldVersion: z.int(),
    /** The whole record, as the topic has it. */
    record: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'WarningDetail' })
export type WarningDetail = z.infer<typeof WarningDetail>

const Part = z.object({
  code: z.string(),
  names: Sentences,
  count: z.number(),
  /** Share of this tick, share of the 28 ticks before, and how many events more than usual. */
  share: z.number(),
  usualShare: z.number(),
  excess: z.number(),
})

export const Breakdown = z
  .object({
    tick: z.string(),
    /** The group of types that all of it is about; null: all of them. */
    group: z.string().nullable(),
    /** Judged events of the cell in the tick: what types, grades, regions and industries each add up to. */
    total: z.int(),
    /** Ticks that say what is usual. */
    usualTicks: z.int(),
    usualTotal: z.int(),
    type: z.array(Part),
    source: z.array(Part),
    grade: z.array(Part),
    region: z.array(Part),
    industry: z.array(Part),
    /** Events of the cell that came too late to be judged, and those that were taken back in the tick; null of a group: these are not counted by type. */
    late: z.int(),
    retracted: z.int().nullable(),
  })
  .meta({ id: 'Breakdown' })
export type Breakdown = z.infer<typeof Breakdown>

export const SimilarWarnings = z
  .object({
    rows: z.array(
      z.object({
        row: WarningRow,
        likeness: z.number(),
        verdict: z.string().nullable(),
        ticksToCalm: z.int().nullable(),
      }),
    ),
  })
  .meta({ id: 'SimilarWarnings' })
export type SimilarWarnings = z.infer<typeof SimilarWarnings>

/** Where its numbers come from. */
export const Lineage = z
  .object({
    id: z.string(),
    records: z.array(z.object({ topic: z.string(), tick: z.string(), beat: z.int(), change: z.string() })),
    archive: z.object({ tick: z.string(), beat: z.int().nullable(), pages: z.int() }),
    sources: z.array(z.object({ source: z.string(), events: z.int() })),
    contributions: z.object({ enterprises: z.int(), events: z.int(), agrees: z.boolean().nullable() }),
    profile: z.string(),
    model: z.string().nullable(),
    foldVersion: z.int(),
  })
  .meta({ id: 'Lineage' })
export type Lineage = z.infer<typeof Lineage>

export const Verification = z
  .object({
    id: z.string(),
    state: z.enum(['none', 'running', 'done', 'failed']),
    agrees: z.boolean().nullable(),
    changes: z.array(
      z.object({
        tick: z.string(),
        change: z.string(),
        level: Level,
        agrees: z.boolean(),
        differences: z.array(z.string()),
        ticksJudged: z.int(),
      }),
    ),
    /** Why it failed. */
    reason: z.string().nullable(),
  })
  .meta({ id: 'Verification' })
export type Verification = z.infer<typeof Verification>
