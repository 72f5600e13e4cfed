/** Every judged cell of a closed tick. */
import { roundedOrNull } from '../rounded.ts'
import { closedTick, type Model } from './ask.ts'
import { gridOf, type Matrix, matrixOf } from './matrix.ts'
import { silentAt } from './silences.ts'
import { cellOf, expectedAt, type TickColumns, tickColumns } from './tickColumns.ts'

export type CellGrid = Matrix & { tick: string; grid: string; variance: (number | null)[]; unsure: string[] }

export function cellGrid(model: Model, label: string, grid: 'province-section' | 'all'): CellGrid {
  const tick = closedTick(model, label)
  const columns = tickColumns(model, tick)
  const matrix = columns === undefined || grid === 'province-section' ? matrixOf(columns) : allOf(columns)
  const silent = silentAt(model, { tick, shown: tick })
  return {
    tick: label,
    grid,
    ...matrix,
    variance: columns === undefined ? [] : varianceOf(columns, matrix),
    unsure: [...new Set(silent.map(({ region }) => region))],
  }
}

function allOf(columns: TickColumns): Matrix {
  const { profile, grid } = columns.numbering
  const regions = grid.regions.map((node) => profile.regions.nodes[node].code)
  const industries = grid.industries.map((node) => profile.industries.nodes[node].code)
  return gridOf(columns, regions, industries)
}

function varianceOf(columns: TickColumns, { regions, industries }: Matrix): (number | null)[] {
  return regions.flatMap((region) =>
    industries.map((industry) => {
      const cell = cellOf(columns.numbering, region, industry)
      return cell === undefined ? null : roundedOrNull(expectedAt(columns, cell)?.variance)
    }),
  )
}
