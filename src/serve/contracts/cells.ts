/** Cells of the country over time, warned or not. */
import { z } from 'zod'
import { axes, Level } from '../../../streams/outputs.ts'

/** One tick of one cell. Without what the log says of the expectation there is no band. */
export const SeriesPoint = z.object({
  tick: z.string(),
  observed: z.number(),
  expected: z.number().nullable(),
  /** 95 % of what would be usual lies from `low` to `high`. */
  low: z.number().nullable(),
  high: z.number().nullable(),
  /** The least count that would have been red by ratio and chance, whatever the number of cells that are judged with it. */
  red: z.number().nullable(),
  level: Level,
})
export type SeriesPoint = z.infer<typeof SeriesPoint>

export const Series = z
  .object({
    statistic: z.string(),
    axis: z.enum(axes),
    region: z.string(),
    industry: z.string(),
    /** Closed ticks, oldest first. */
    points: z.array(SeriesPoint),
    /** Changes of level within the ticks shown. */
    changes: z.array(
      z.object({ tick: z.string(), warning: z.string(), level: Level, change: z.string(), early: z.boolean() }),
    ),
  })
  .meta({ id: 'Series' })
export type Series = z.infer<typeof Series>

export const CellGrid = z
  .object({
    tick: z.string(),
    grid: z.string(),
    regions: z.array(z.string()),
    industries: z.array(z.string()),
    /** Row by row. 0 calm .. 4 red. */
    levels: z.array(z.int()),
    observed: z.array(z.int()),
    expected: z.array(z.number().nullable()),
    variance: z.array(z.number().nullable()),
    /** Regions in which a source is silent, so that calm is not sure. */
    unsure: z.array(z.string()),
  })
  .meta({ id: 'CellGrid' })
export type CellGrid = z.infer<typeof CellGrid>
