/** Regions by industries, in columns. */
import type { CodeTree } from '../../../streams/tree.ts'
import type { Numbering } from '../numbering.ts'
import { roundedOrNull } from '../rounded.ts'
import { expectedAt, type TickColumns } from './tickColumns.ts'

export type Matrix = {
  regions: string[]
  industries: string[]
  levels: number[]
  observed: number[]
  expected: (number | null)[]
}

/** Codes of the outermost judged nodes of a tree. */
export function outermostNodes({ profile, grid }: Numbering, axis: 'regions' | 'industries'): string[] {
  const tree: CodeTree = profile[axis]
  const depth = Math.min(
    ...grid[axis].filter((node) => tree.nodes[node].depth > 0).map((node) => tree.nodes[node].depth),
  )
  return grid[axis].filter((node) => tree.nodes[node].depth === depth).map((node) => tree.nodes[node].code)
}

/** The outermost level of both; the first row and column are the whole. */
export function matrixOf(columns: TickColumns | undefined): Matrix {
  if (columns === undefined) return { regions: [], industries: [], levels: [], observed: [], expected: [] }
  const { numbering } = columns
  return gridOf(
    columns,
    ['', ...outermostNodes(numbering, 'regions')],
    ['', ...outermostNodes(numbering, 'industries')],
  )
}

export function gridOf(columns: TickColumns, regions: string[], industries: string[]): Matrix {
  const { numbering, levels, observed } = columns
  const { profile, grid } = numbering
  const cells = regions.flatMap((region) =>
    industries.map((industry) => grid.cellOf(profile.regions.find(region), profile.industries.find(industry))),
  )
  return {
    regions,
    industries,
    levels: cells.map((cell) => (cell === undefined ? 0 : levels[cell])),
    observed: cells.map((cell) => (cell === undefined ? 0 : observed[cell])),
    expected: cells.map((cell) => (cell === undefined ? null : roundedOrNull(expectedAt(columns, cell)?.mean))),
  }
}
