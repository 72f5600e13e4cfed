/** Topic `ticks`, the tick archive: what each closed tick counted and what was expected, every so often all state of the judge, in pages under 1 MiB. */
import { z } from 'zod'
import { CellPart } from './outputs.ts'
import { MovedFeature, statisticNames } from './warnings.ts'

const numbers = z.array(z.number())
const sum = z.object({ events: z.int(), enterprises: z.int(), squares: z.int() })

/** What the records of a node in a tick are made of. */
export const Makeup = z.object({
  /** Kept records, judged or not, those that were stale, and those of the source that brought most. */
  records: z.int(),
  stale: z.int(),
  ofSource: z.int(),
  source: z.string(),
  /** Of the same industry in all other regions: records, and those of that source. Absent nation-wide. */
  elsewhere: z.object({ records: z.int(), ofSource: z.int() }).optional(),
  /** Fresh events of judged types, those of them that were kept back in a silence, and by the type that has most in each group. */
  events: z.int(),
  backlog: z.int(),
  ofTypes: z.array(z.int()),
})
export type Makeup = z.infer<typeof Makeup>

export const TickRecord = z.object({
  kind: z.literal('tick'),
  tick: z.int(),
  label: z.string(),
  /** The beat that ended the tick. */
  beat: z.int(),
  page: z.int(),
  pages: z.int(),
  /** Counts by (leaf, grade, column). */
  counts: z.object({ keys: numbers, sums: numbers }),
  /** Sums of judged nodes. */
  nodes: z.object({ keys: numbers, events: numbers, enterprises: numbers, squares: numbers }),
  /** Of the events of nodes, those that are not judged, because their source or region has just begun (`taught`) or come back (`backlog`). */
  taught: z.object({ keys: numbers, sums: numbers }).optional(),
  backlog: z.object({ keys: numbers, sums: numbers }).optional(),
  /** What the tick changed of the registered enterprises by (leaf, grade, band). Not in logs of foldVersion 4. */
  stock: z.object({ keys: numbers, sums: numbers }).optional(),
  /** Changes of the risk of cells, as parts have them; and whether another model scored all enterprises in this tick. */
  risk: CellPart.shape.risk,
  modelChanged: z.boolean().optional(),
  /** The tasks have told all of it again in this tick, since another program took the log over: `risk` is all that there is. */
  riskAnew: z.boolean().optional(),
  /** Of nodes that the watch asked of two ticks before: the mean contributions of the features that moved most, now and by what was known 28 days before. */
  moved: z.array(z.object({ node: z.number(), enterprises: z.int(), features: z.array(MovedFeature) })).optional(),
  /** Regions that began in this tick, and those in which something has taught enough with it, by index. */
  begun: z.array(z.int()).optional(),
  ended: z.array(z.int()).optional(),
  /** Regions at least half of whose usual records come from sources that were not heard, by index: what stands there is held. */
  silent: z.array(z.int()).optional(),
  /** Retractions of facts of closed ticks, with the beat in which they came. */
  late: z.array(
    z.object({
      tick: z.int(),
      leaf: z.number(),
      /** Of its types; not in logs of foldVersion 4. */
      group: z.int().optional(),
      events: z.int(),
      beat: z.int(),
    }),
  ),
  /** What would call for a level if more than one enterprise had brought it: `stream` is 0 for all events, 1 + g for group g. */
  listed: z
    .array(
      z.object({
        statistic: z.enum(statisticNames),
        subject: z.number(),
        stream: z.int(),
        events: z.int(),
        expected: z.number(),
        enterprises: z.int(),
      }),
    )
    .optional(),
  /** What called before the tick was over. */
  early: z.array(
    z.object({
      node: z.number(),
      beat: z.int(),
      sum,
      byType: z.record(z.string(), z.int()),
      withheld: z.int().optional(),
      /** What its records were made of: of which its kind follows. Not in archives of before. */
      makeup: Makeup.optional(),
    }),
  ),
})
export type TickRecord = z.infer<typeof TickRecord>

export const StateRecord = z.object({
  kind: z.literal('state'),
  tick: z.int(),
  page: z.int(),
  pages: z.int(),
  bytes: z.string(),
})
export type StateRecord = z.infer<typeof StateRecord>

/** All registered enterprises after a tick by (leaf, grade, band): beside the full state. */
export const StockRecord = z.object({
  kind: z.literal('stock'),
  tick: z.int(),
  page: z.int(),
  pages: z.int(),
  stock: z.object({ keys: numbers, sums: numbers }),
})
export type StockRecord = z.infer<typeof StockRecord>

/** n, A, B, R, E and se (streams/warnings.ts, `RiskEvidence`), as 32-bit floats. */
export const levelColumns = [
  'enterprises',
  'meanLogOdds',
  'atSameGrades',
  'risky',
  'expected',
  'standardError',
] as const
export type LevelColumn = (typeof levelColumns)[number]
const LevelColumns = z.object({
  enterprises: z.base64(),
  meanLogOdds: z.base64(),
  atSameGrades: z.base64(),
  risky: z.base64(),
  expected: z.base64(),
  standardError: z.base64(),
} satisfies Record<LevelColumn, z.ZodType>)

/**
 * What a statistic expected of its subjects in a tick, before it learnt the tick: those with evidence, open warnings, or a mean of .1 at
 * least. Columns in base64, little-endian: subjects as unsigned 32-bit integers, means and variances as 32-bit floats.
 */
export const ExpectedRecord = z.object({
  kind: z.literal('expected'),
  statistic: z.enum(statisticNames),
  tick: z.int(),
  page: z.int(),
  pages: z.int(),
  keys: z.base64(),
  means: z.base64(),
  variances: z.base64(),
  /** Of `risk`, whose means and variances are those of A (NaN while the variance of a node is not known): where each node stood. */
  levels: LevelColumns.optional(),
})
export type ExpectedRecord = z.infer<typeof ExpectedRecord>

export const ArchiveRecord = z.discriminatedUnion('kind', [TickRecord, StateRecord, StockRecord, ExpectedRecord])
export type ArchiveRecord = z.infer<typeof ArchiveRecord>
