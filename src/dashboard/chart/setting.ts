/** What a chart is drawn from, and what can be done with it. */
import type { SeriesPoint } from '../../serve/contracts.ts'

export type PlotSetting = {
  points: readonly SeriesPoint[]
  /** Counts are bars from 0; the level of risk is a line. */
  isCount: boolean
  labels: readonly string[]
  onIndex: (index: number | undefined) => void
}
export type Drawn = { point: (index: number) => void; resize: () => void; end: () => void }
