/** Draws a series on canvas; loaded with the first chart. Colours are those of the page when it is drawn. */
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import type { SeriesPoint } from '../../serve/contracts.ts'
import type { Drawn, PlotSetting } from './setting.ts'

const height = 230
const headroom = 1.08
const axisPx = 44

const colour = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim()

export function plot(element: HTMLElement, { points, isCount, labels, onIndex }: PlotSetting): Drawn {
  const ink = colour('ink-2')
  const axis: uPlot.Axis = {
    stroke: colour('ink-3'),
    font: `12px ${colour('sans')}`,
    grid: { stroke: colour('line'), width: 1 },
    ticks: { stroke: colour('line'), width: 1, size: 4 },
  }
  const chart = new uPlot(
    {
      width: element.clientWidth,
      height,
      legend: { show: false },
      cursor: { y: false, points: { show: false } },
      scales: { x: { time: false, range: [-0.7, points.length - 0.3] }, y: { range: rangeOf(points, isCount) } },
      axes: [
        { ...axis, values: (_, at) => at.map((index) => labels[index] ?? ''), space: 64, incrs: [1, 2, 7, 14, 28, 56] },
        { ...axis, size: axisPx },
      ],
      series: [
        {},
        { stroke: 'transparent', points: { show: false } },
        { stroke: 'transparent', points: { show: false } },
        isCount ? barsOf(points) : { stroke: colour('ink'), width: 2, points: { show: false } },
        { stroke: ink, width: 1.5, points: { show: false } },
        { stroke: colour('red'), width: 1, dash: [4, 3], points: { show: false } },
        { stroke: ink, width: 1.5, dash: [2, 3], points: { show: false } },
      ],
      bands: [{ series: [2, 1], fill: colour('band') }],
      hooks: { setCursor: [({ cursor: { idx } }) => onIndex(idx ?? undefined)] },
    },
    dataOf(points),
    element,
  )
  return {
    point: (index) => chart.setCursor({ left: chart.valToPos(index, 'x'), top: 0 }),
    resize: () => chart.setSize({ width: element.clientWidth, height }),
    end: () => chart.destroy(),
  }
}

/** Each bar in the colour of its level, calm ones in ink. */
function barsOf(points: readonly SeriesPoint[]): uPlot.Series {
  const fills = points.map(({ level }) => (level === 'calm' ? colour('ink-3') : colour(level)))
  const each = { unit: 3, values: () => fills }
  const paths = uPlot.paths.bars?.({ size: [0.66, 18], disp: { fill: each, stroke: each } })
  return {
    ...(paths === undefined ? {} : { paths }),
    points: { show: false },
    fill: colour('ink-3'),
    width: 0,
  }
}

function dataOf(points: readonly SeriesPoint[]): uPlot.AlignedData {
  const column = (read: (point: SeriesPoint) => number | null | undefined): (number | null)[] =>
    points.map((point) => read(point) ?? null)
  return [
    points.map((_, at) => at),
    column(({ low }) => low),
    column(({ high }) => high),
    column(({ observed }) => observed),
    column(({ expected }) => expected),
    column(({ red }) => red),
    column(({ risk }) => risk?.atSameGrades),
  ]
}

/** What was observed and the middle of the band decide; a band that was wide before anything was learnt is cut off. */
function rangeOf(points: readonly SeriesPoint[], isCount: boolean): [number, number] {
  const highs = points.flatMap(({ high }) => high ?? []).sort((a, b) => a - b)
  const usual = highs[Math.floor(highs.length * 0.9)] ?? 0
  const values = points.flatMap(({ observed, expected }) => [observed ?? [], expected ?? []].flat())
  const most = Math.max(...values, usual, isCount ? 1 : Number.NEGATIVE_INFINITY)
  if (isCount) return [0, most * headroom]
  const least = Math.min(...values, ...points.flatMap(({ low }) => low ?? []))
  const room = (most - least || 1) * (headroom - 1)
  return [least - room, most + room]
}
