/** A cell over time: what is asked for, and what is told. */
import type { Level } from '../../../../streams/outputs.ts'
import type { Axis } from '../../../../streams/topics.ts'
import type { MovedFeature, StatisticName } from '../../../../streams/warnings.ts'

export type SeriesPoint = {
  tick: string
  observed: number | null
  expected: number | null
  low: number | null
  high: number | null
  red: number | null
  level: Level
  risk: RiskPoint | null
}

/** n, B, R, E and se of a cell in a tick. */
export type RiskPoint = {
  enterprises: number
  atSameGrades: number
  risky: number
  expectedRisky: number
  standardError: number
}

export type Series = {
  statistic: StatisticName
  group: string | null
  axis: Axis
  region: string
  industry: string
  points: SeriesPoint[]
  moved: { tick: string; features: MovedFeature[] }[]
  changes: { tick: string; warning: string; level: Level; change: string; early: boolean }[]
}

/** What is judged: a cell, by which statistic, and of counts perhaps one group of types alone. */
export type Stream = {
  statistic: StatisticName
  group: string | undefined
  axis: Axis
  region: string
  industry: string
}

/** In ticks, both in it. */
export type Span = { first: number; last: number }
