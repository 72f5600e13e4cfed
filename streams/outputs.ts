/** What the program says: scores and alerts (restricted readers), fates, parts, notices. Warnings: `warnings.ts`. */
import { z } from 'zod'

export const fates = ['applied', 'stale', 'duplicate', 'conflict', 'retraction', 'absorbed', 'dead'] as const
export const Fate = z.enum(fates)
export type Fate = z.infer<typeof Fate>

export const levels = ['calm', 'blue', 'yellow', 'orange', 'red'] as const
export const Level = z.enum(levels)
export type Level = z.infer<typeof Level>

export const axes = ['industry', 'region', 'cell'] as const

/** The event behind a reason, by the hash of its id (streams/hash.ts), and the hour it occurred. */
export const Evidence = z.object({ idHash: z.string(), type: z.string(), occurredAt: z.string() })

/** `facts`: the newest events behind it, by the hashes of their ids; none for what no event says (a grade, a place). */
export const Reason = z.object({
  feature: z.string(),
  logOdds: z.number(),
  text: z.string(),
  facts: z.array(z.string()),
})
export type Reason = z.infer<typeof Reason>

/**
 * Topic `scores`, key = enterprise id. Published when the band changed or the probability moved by the profile's `scoreStepMin`
 * since the last one published; an enterprise of which none was ever published is below that, in the lowest band.
 */
export const Score = z.object({
  enterpriseId: z.string(),
  asOf: z.string(),
  beat: z.int(),
  tick: z.int(),
  probability: z.number(),
  band: z.string(),
  grade: z.string(),
  model: z.string(),
  /** What led to it: records, the passing of time, or another model. */
  cause: z.enum(['records', 'time', 'model']),
  reasons: z.array(Reason),
  evidence: z.array(Evidence),
})
export type Score = z.infer<typeof Score>

/** Topic `enterprise-alerts`, key = enterprise id: a change of band, with its evidence. */
export const EnterpriseAlert = Score.extend({ bandBefore: z.string(), direction: z.enum(['up', 'down']) })
export type EnterpriseAlert = z.infer<typeof EnterpriseAlert>

/** Topic `shadow-scores`, key = enterprise id: what a challenger says, by its own band edges. Nothing follows from it. */
export const ShadowScore = Score.omit({ grade: true, reasons: true, evidence: true })
export type ShadowScore = z.infer<typeof ShadowScore>

const numbers = z.array(z.number())

const FatesOfBeats = z.object({
  task: z.string(),
  /** Length of a beat: that of a block begins at `beats` times this. Absent: the record's log time says when its one beat begins. */
  beatMs: z.int().positive().optional(),
  /** Topic and beat of each block of rows, and how many rows it has. */
  topics: z.array(z.string()),
  beats: z.array(z.int()),
  counts: z.array(z.int()),
  /** Base64 of 8 bytes a row: hash of the record's bytes. */
  hashes: z.string(),
  /** Base64 of one byte a row: index into `fates`. */
  fates: z.string(),
  /** Error code by row, for rows that have one. */
  codes: z.record(z.string(), z.string()),
})

/** As it was written before: a record for each beat. */
const FatesOfBeat = FatesOfBeats.omit({ beatMs: true, beats: true }).extend({ beat: z.int() })

/** Topic `fates`, key = task: what became of each record of some beats, in columns. */
export const FateColumns = z.union([
  FatesOfBeats,
  FatesOfBeat.transform(({ beat, ...columns }): z.infer<typeof FatesOfBeats> => {
    return { ...columns, beats: columns.topics.map(() => beat) }
  }),
])
export type FateColumns = z.infer<typeof FateColumns>

/**
 * Topic `cell-parts`: what one task adds to the cells in one beat, as signed integers. Keys are packed by `src/cells.ts`;
 * columns of equal length. Those of one (task, beat) are numbered by page. In the log they stand as bytes, many in one record:
 * `src/columns/`.
 */
export const CellPart = z.object({
  task: z.string(),
  beat: z.int(),
  tick: z.int(),
  page: z.int(),
  pages: z.int(),
  /** The last beat that the task has closed. */
  through: z.int(),
  /** Counts by (leaf, grade, column) of the open tick. */
  counts: z.object({ keys: numbers, deltas: numbers }),
  /** Of the counts by source, those of facts that nobody judges: stale ones, and types that are not judged. Absent when there are none. */
  unjudged: z.object({ keys: numbers, deltas: numbers }).optional(),
  /** Retractions of facts of closed ticks: tick, (leaf, grade, column) as counted then. */
  late: z.object({ ticks: numbers, keys: numbers, deltas: numbers }),
  /** Distinct enterprises and sum of squares: by leaf, for all nodes above it; and by (node, node), where one enterprise has several leaves. */
  breadth: z.object({ keys: numbers, enterprises: numbers, squares: numbers }),
  shared: z.object({ keys: numbers, enterprises: numbers, squares: numbers }),
  /** Registered enterprises by (leaf, grade, band). */
  stock: z.object({ keys: numbers, deltas: numbers }),
  /** Records that arrived, by (source, region leaf). */
  arrivals: z.object({ keys: numbers, deltas: numbers }),
  /** Rows by (score or feature, bin) of the champion's reference, packed by `models/quality/drift.ts`; absent when none were counted. */
  drift: z.object({ keys: numbers, counts: numbers }).optional(),
  /**
   * Scored enterprises of the stock by (leaf, grade): how many, the sum of round(1000 ln(p / (1 - p))), and the sum of round(10^6 p).
   * Absent when nothing changed.
   */
  risk: z.object({ keys: numbers, enterprises: numbers, logOdds: numbers, probability: numbers }).optional(),
  /**
   * Enterprises by (leaf, grade) whose scores contradict their grade: for nearly long enough to be told or longer, and those that have entered.
   * Absent when nothing changed.
   */
  contradictions: z.object({ keys: numbers, near: numbers, entered: numbers }).optional(),
  /**
   * Of nodes that the watch asked of, by node x number of features + feature: scored enterprises, and the sums of round(1000 contribution)
   * now and by what was known 28 days before. Only of a part that ends a tick.
   */
  moved: z.object({ keys: numbers, enterprises: numbers, now: numbers, before: numbers }).optional(),
})
export type CellPart = z.infer<typeof CellPart>

const OfSource = z.object({
  tick: z.int(),
  tickLabel: z.string(),
  source: z.string(),
  /** '' is the whole. A silence is told for the coarsest region in which the source is silent. */
  region: z.string(),
})

/** Key = source: one that used to send from a region has sent nothing for so long that it is no chance. Told once, at the close of a tick. */
export const SourceSilent = OfSource.extend({
  kind: z.literal('SourceSilent'),
  /** Records a tick that were usual. */
  expected: z.number(),
  /** Ticks without a record, records that should have come in them, and how likely none was. Not in logs of foldVersion 4. */
  silentTicks: z.int().optional(),
  missed: z.number().optional(),
  p: z.number().optional(),
  /** End of the beat in which it was last heard, ISO 8601. */
  lastHeard: z.string().optional(),
})
export type SourceSilent = z.infer<typeof SourceSilent>

/** Key = source: a silence that was told has ended, in the beat that ends at `at`. */
export const SourceSpoke = OfSource.extend({
  kind: z.literal('SourceSpoke'),
  at: z.string(),
  /** The tick at whose close the silence was told, and the whole ticks that it lasted. */
  silentSince: z.string(),
  silentTicks: z.int(),
})
export type SourceSpoke = z.infer<typeof SourceSpoke>

/**
 * Key = hour: who was heard, at the end of an hour of log time in which a record came, and at the end of each tick. It has every source
 * with every region of the outermost level from which it was ever heard.
 */
export const SourcesHeard = z.object({
  kind: z.literal('SourcesHeard'),
  /** The hour in the profile's time, `2026-08-03T14`, and its tick. */
  hour: z.string(),
  tick: z.int(),
  tickLabel: z.string(),
  /** By source, in columns: region, records in the tick up to the end of the hour, and the end of the beat in which it was last heard. */
  sources: z.array(
    z.object({
      source: z.string(),
      regions: z.array(z.string()),
      records: z.array(z.int()),
      lastHeard: z.array(z.string()),
    }),
  ),
})
export type SourcesHeard = z.infer<typeof SourcesHeard>

/** Key = hash of the model: its score, or one feature, lies where it did not lie in training, so far that somebody must act. */
export const ModelDrifted = z.object({
  kind: z.literal('ModelDrifted'),
  tick: z.int(),
  tickLabel: z.string(),
  model: z.string(),
  /** Absent: the score. */
  feature: z.string().optional(),
  /** Population stability index, and the rows that it was measured on. */
  psi: z.number(),
  rows: z.int(),
  sentences: z.record(z.string(), z.string()),
})
export type ModelDrifted = z.infer<typeof ModelDrifted>

/** Topic `notices`: things that people must know and that are no warnings. */
export const PublicNotice = z.discriminatedUnion('kind', [SourceSilent, SourceSpoke, SourcesHeard, ModelDrifted])
export type PublicNotice = z.infer<typeof PublicNotice>

/** Topic `command-results`, key = command id. */
export const CommandResult = z.object({
  id: z.string(),
  kind: z.string(),
  accepted: z.boolean(),
  /** Why it was refused: a code of the registry, and its sentence. */
  code: z.string().optional(),
  detail: z.string().optional(),
  /** The reason for which a promotion was accepted although gates failed. */
  override: z.string().optional(),
  /** The beat that decided: the command's own, or a later one when the artefact was still to come. */
  beat: z.int(),
})
export type CommandResult = z.infer<typeof CommandResult>
