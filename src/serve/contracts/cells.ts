/** Cells of the country over time, warned or not. */
import { z } from 'zod'
import { axes, Level } from '../../../streams/outputs.ts'
import { MovedFeature, statisticNames } from '../../../streams/warnings.ts'

/** Of `risk`, beside A: n, the mean log-odds less what its grades have at its siblings (B), and R, E and se of enterprises that will come to harm. */
export const RiskPoint = z.object({
  enterprises: z.number(),
  atSameGrades: z.number(),
  risky: z.number(),
  expectedRisky: z.number(),
  standardError: z.number(),
})
export type RiskPoint = z.infer<typeof RiskPoint>

/**
 * One tick of one cell. `observed` is a count of events or, of `risk`, the mean log-odds of its enterprises (A). Without what the log says of
 * the expectation there is no band; of a cell that was not judged in the tick nothing is observed of its risk.
 */
export const SeriesPoint = z.object({
  tick: z.string(),
  observed: z.number().nullable(),
  expected: z.number().nullable(),
  /** 95 % of what would be usual lies from `low` to `high`. */
  low: z.number().nullable(),
  high: z.number().nullable(),
  /** The least count that would have been red by ratio and chance, whatever the number of cells that are judged with it. */
  red: z.number().nullable(),
  /** At which the statistic stood at the end of the tick. */
  level: Level,
  risk: RiskPoint.nullable(),
})
export type SeriesPoint = z.infer<typeof SeriesPoint>

export const Series = z
  .object({
    statistic: z.enum(statisticNames),
    /** The group of types whose events alone are counted; null: all of them. What was expected of a group is by the share that it had when it was judged last. */
    group: z.string().nullable(),
    axis: z.enum(axes),
    region: z.string(),
    industry: z.string(),
    /** Closed ticks, oldest first. */
    points: z.array(SeriesPoint),
    /** Of `risk`: what features added to the log-odds in the mean, and by what was known 28 days before, where the watch asked for it. */
    moved: z.array(z.object({ tick: z.string(), features: z.array(MovedFeature) })),
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
