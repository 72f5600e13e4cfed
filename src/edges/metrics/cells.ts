/**
 * What may be published of the cells of a tick: a cell in which one enterprise could be told from the rest is merged with its
 * neighbours of the same parent into OTHER. When OTHER is itself too small, the smallest neighbour goes into it too, for else a
 * parent's total less its shown children would give the hidden one away.
 */
import type { Profile } from '../../../streams/profile.ts'
import type { CodeTree } from '../../../streams/tree.ts'
import { cellEnterprisesMin, cellRegisteredMin } from '../../limits.ts'
import type { CellTotal } from '../../notices.ts'

export const otherCode = 'OTHER'

/**
 * The cells to publish, '' for the root of an axis. OTHER of a parent is `<parent>.OTHER`, of the root `OTHER`; its enterprises
 * are those of its cells added up. A finer cell of a region or section that is hidden itself goes with it.
 */
export function publishedCells(profile: Profile, totals: readonly CellTotal[]): CellTotal[] {
  const registers = totals.some(({ registered }) => registered > 0)
  const whole = totals.filter(({ region, industry }) => region === '' && industry === '')
  const sections = merged(
    totals.filter(({ region, industry }) => region === '' && industry !== ''),
    'industry',
    '',
    registers,
  )
  const regions = publishedRegions(profile.regions, totals, registers)
  const shownRegion = nameIn(regions, 'region')
  const shownSection = nameIn(sections, 'industry')
  const crossed = totals
    .filter(({ region, industry }) => region !== '' && industry !== '')
    .map((cell) => ({ ...cell, region: shownRegion(cell.region), industry: shownSection(cell.industry) }))
  const cells = [...groupBy(added(crossed), ({ region }) => region).values()].flatMap((cellsOfRegion) =>
    merged(cellsOfRegion, 'industry', '', registers),
  )
  return [...whole, ...sections, ...regions, ...cells]
}

/** Regions with all industries, level after level: the children of a hidden region are not shown at all. */
function publishedRegions(tree: CodeTree, totals: readonly CellTotal[], registers: boolean): CellTotal[] {
  const regions = totals.filter(({ region, industry }) => region !== '' && industry === '')
  const parentOf = (code: string): string => tree.nodes[tree.nodes[tree.find(code)].parent].code
  const depthOf = (code: string): number => tree.nodes[tree.find(code)].depth
  const shown: CellTotal[] = []
  const byParent = [...groupBy(regions, ({ region }) => parentOf(region))]
  for (const [parent, children] of byParent.sort(([a], [b]) => depthOf(a) - depthOf(b))) {
    const hidden = regions.some(({ region }) => region === parent) && !shown.some(({ region }) => region === parent)
    if (!hidden) shown.push(...merged(children, 'region', parent, registers))
  }
  return shown
}

/** Neighbours of one parent, the small ones made one. */
function merged(
  cells: readonly CellTotal[],
  axis: 'region' | 'industry',
  parent: string,
  registers: boolean,
): CellTotal[] {
  const isSmall = ({ events, enterprises, registered }: CellTotal): boolean =>
    (registers && registered < cellRegisteredMin) || (events > 0 && enterprises < cellEnterprisesMin)
  const code = parent === '' ? otherCode : `${parent}.${otherCode}`
  const isHidden = (cell: CellTotal): boolean => cell[axis] === code || isSmall(cell)
  const shown = cells
    .filter((cell) => !isHidden(cell))
    .sort((a, b) => b.enterprises - a.enterprises || b.registered - a.registered)
  const hidden = cells.filter(isHidden)
  if (hidden.length === 0) return shown
  let other = sumOf(hidden, axis, code)
  while (isSmall(other) && shown.length > 0) {
    const enough = shown.findLastIndex((cell) => !isSmall(sumOf([other, cell], axis, code)))
    other = sumOf([other, ...shown.splice(enough, 1)], axis, code) // -1: none is enough by itself, so begin with the smallest
  }
  return [...shown, other]
}

function sumOf(cells: readonly CellTotal[], axis: 'region' | 'industry', code: string): CellTotal {
  const sum = (of: (cell: CellTotal) => number): number => cells.reduce((total, cell) => total + of(cell), 0)
  return {
    ...cells[0],
    [axis]: code,
    events: sum(({ events }) => events),
    enterprises: sum(({ enterprises }) => enterprises),
    registered: sum(({ registered }) => registered),
  }
}

/** Cells of one place made one. */
function added(cells: readonly CellTotal[]): CellTotal[] {
  const groups = groupBy(cells, ({ region, industry }) => JSON.stringify([region, industry]))
  return [...groups.values()].map((group) => sumOf(group, 'region', group[0].region))
}

/** The code under which a node is shown: its own, or OTHER. */
function nameIn(shown: readonly CellTotal[], axis: 'region' | 'industry'): (code: string) => string {
  const codes = new Set(shown.map((cell) => cell[axis]))
  return (code) => (codes.has(code) ? code : otherCode)
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  return Map.groupBy(items, keyOf)
}
