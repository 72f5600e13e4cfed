/** Today: what is new, where it is, and whether the screen may be trusted. */
import { z } from 'zod'
import { Level } from '../../../streams/outputs.ts'
import { SilentSource } from './sources.ts'
import { WarningRow } from './warnings.ts'

/** Calm is sure only where the tick is closed and no usual source is silent. */
export const Tile = z.object({
  region: z.string(),
  /** The highest level of any standing warning in it, and of its own. */
  level: Level,
  ownLevel: Level,
  warnings: z.int(),
  observed: z.int(),
  expected: z.number().nullable(),
  sure: z.boolean(),
})
export type Tile = z.infer<typeof Tile>

/** Columns, a cell at row x width + column. Rows and columns by code; the first of each is the whole, ''. */
export const Matrix = z.object({
  regions: z.array(z.string()),
  industries: z.array(z.string()),
  /** 0 calm .. 4 red. */
  levels: z.array(z.int()),
  observed: z.array(z.int()),
  expected: z.array(z.number().nullable()),
})
export type Matrix = z.infer<typeof Matrix>

export const LevelCounts = z.object({ blue: z.int(), yellow: z.int(), orange: z.int(), red: z.int() })

export const StripTick = z.object({
  tick: z.string(),
  standing: LevelCounts,
  raised: z.int(),
  cleared: z.int(),
  observed: z.int(),
  expected: z.number().nullable(),
})

export const Overview = z
  .object({
    /** The last closed tick, whose columns are shown; null before the first. */
    tick: z.string().nullable(),
    /** Where the past was asked for. */
    asOf: z.string().nullable(),
    region: z.string(),
    standing: LevelCounts,
    /** Of the tick shown, or of what came after it when the present is asked for. */
    moves: z.object({ raised: z.int(), risen: z.int(), fallen: z.int(), cleared: z.int(), amended: z.int() }),
    byState: z.record(z.string(), z.int()),
    suppressed: z.int(),
    tiles: z.array(Tile),
    /** Outermost regions by outermost industries. */
    matrix: Matrix,
    /** The 28 ticks up to the one shown. */
    strip: z.array(StripTick),
    rows: z.array(WarningRow),
    rowsTotal: z.int(),
    sources: z.object({
      usual: z.int(),
      silent: z.array(SilentSource),
      /** Of the last week: who brought many times the usual of a region in one tick; the largest first. */
      uploads: z.array(
        z.object({ source: z.string(), region: z.string(), tick: z.string(), records: z.int(), usual: z.number() }),
      ),
    }),
  })
  .meta({ id: 'Overview' })
export type Overview = z.infer<typeof Overview>
