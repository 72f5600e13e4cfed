/** Of all cells of a tick those that are shown: a place and what lies one level below it. */
import type { CellGrid } from '../../serve/contracts.ts'
import { parentOf } from '../language.ts'

export type Cell = { level: number; observed: number; expected: number | null }
export type Shown = {
  regions: string[]
  industries: string[]
  cell: (region: string, industry: string) => Cell | undefined
}

export function gridOf(of: CellGrid, { region, industry }: { region: string; industry: string }): Shown {
  const rows = below('regions', of.regions, region)
  const columns = below('industries', of.industries, industry)
  const [rowOf, columnOf] = [placesOf(of.regions), placesOf(of.industries)]
  return {
    regions: rows,
    industries: columns,
    cell: (one, other) => {
      const [row, column] = [rowOf.get(one), columnOf.get(other)]
      if (row === undefined || column === undefined) return undefined
      const index = row * of.industries.length + column
      const observed = of.observed[index]
      if (observed === undefined) return undefined
      return { level: of.levels[index] ?? 0, observed, expected: of.expected[index] ?? null }
    },
  }
}

/** A node, and those right below it. */
function below(kind: 'regions' | 'industries', codes: readonly string[], of: string): string[] {
  return codes.filter((code) => code === of || (code !== '' && parentOf(kind, code) === of))
}

const placesOf = (codes: readonly string[]): Map<string, number> => new Map(codes.map((code, place) => [code, place]))
