/**
 * What may be published of the cells of a tick: a cell in which one enterprise could be told from the rest is merged with its
 * neighbours of the same parent into OTHER. Whoever takes the shown cells of a row or a column from its total learns what the hidden
 * ones of it have together, so a line hides two cells or none, and as many as together are not small.
 */
import type { Profile } from '../../../streams/profile.ts'
import type { CodeTree } from '../../../streams/tree.ts'
import { cellEnterprisesMin, cellRegisteredMin } from '../../limits.ts'
import type { CellRisk, CellTotal } from '../../notices.ts'

export const otherCode = 'OTHER'

type Side = 'region' | 'industry'
type IsSmall = (cell: Counts) => boolean
type Counts = Pick<CellTotal, 'events' | 'expected' | 'enterprises' | 'registered' | 'risk'>

/**
 * The cells to publish, '' for the root of an axis. OTHER of a parent is `<parent>.OTHER`, of the root `OTHER`; its enterprises
 * are those of its cells added up. A finer cell of a region or section that is hidden itself goes with it.
 */
export function publishedCells(profile: Profile, totals: readonly CellTotal[]): CellTotal[] {
  const registers = totals.some(({ registered }) => registered > 0)
  const isSmall: IsSmall = ({ events, enterprises, registered, risk }) =>
    (registers && registered < cellRegisteredMin) ||
    (events > 0 && enterprises < cellEnterprisesMin) ||
    (risk !== undefined && risk.n < cellRegisteredMin)
  const whole = totals.filter(({ region, industry }) => region === '' && industry === '')
  const allSections = totals.filter(({ region, industry }) => region === '' && industry !== '')
  const sections = merged(allSections, hiddenIn([allSections], isSmall), 'industry', otherCode)
  const regions = publishedRegions(profile.regions, totals, isSmall)
  const crossed = totals.filter(({ region, industry }) => region !== '' && industry !== '')
  return [...whole, ...sections, ...regions, ...publishedCrossings(crossed, regions, sections, isSmall)]
}

/** Regions with all industries, level after level: the children of a hidden region are not shown at all. */
function publishedRegions(tree: CodeTree, totals: readonly CellTotal[], isSmall: IsSmall): CellTotal[] {
  const regions = totals.filter(({ region, industry }) => region !== '' && industry === '')
  const nodeOf = (code: string) => tree.nodes[tree.find(code)]
  const byParent = Map.groupBy(regions, ({ region }) => tree.nodes[nodeOf(region).parent].code)
  const shown: CellTotal[] = []
  for (const [parent, children] of [...byParent].sort(([a], [b]) => nodeOf(a).depth - nodeOf(b).depth)) {
    const isHidden = regions.some(({ region }) => region === parent) && !shown.some(({ region }) => region === parent)
    if (isHidden) continue
    const code = parent === '' ? otherCode : `${parent}.${otherCode}`
    shown.push(...merged(children, hiddenIn([children], isSmall), 'region', code))
  }
  return shown
}

/** Region x section. Columns are looked at as well as rows. */
function publishedCrossings(
  cells: readonly CellTotal[],
  regions: readonly CellTotal[],
  sections: readonly CellTotal[],
  isSmall: IsSmall,
): CellTotal[] {
  const region = shownCode(regions, 'region')
  const industry = shownCode(sections, 'industry')
  const renamed = cells.map((cell) => ({ ...cell, region: region(cell.region), industry: industry(cell.industry) }))
  const places = Map.groupBy(renamed, (cell) => JSON.stringify([cell.region, cell.industry]))
  const table = [...places.values()].map((same) => ({ ...same[0], ...sumOf(same) }))
  const rows = [...Map.groupBy(table, (cell) => cell.region).values()]
  const columns = [...Map.groupBy(table, (cell) => cell.industry).values()]
  const hidden = hiddenIn([...rows, ...columns], (cell) => isSmall(cell))
  return rows.flatMap((row) => merged(row, hidden, 'industry', otherCode))
}

/** The small cells, and as many more as the rule of lines asks for. A line is a row or a column with a total that is shown. */
function hiddenIn(lines: readonly (readonly CellTotal[])[], isSmall: IsSmall): ReadonlySet<CellTotal> {
  const hidden = new Set(lines.flat().filter(isSmall))
  for (let size = -1; size < hidden.size; ) {
    size = hidden.size
    for (const line of lines) hideMore(line, hidden, isSmall)
  }
  return hidden
}

function hideMore(line: readonly CellTotal[], hidden: Set<CellTotal>, isSmall: IsSmall): void {
  const inside = line.filter((cell) => hidden.has(cell))
  const sum = sumOf(inside)
  if (inside.length === 0 || (inside.length > 1 && !isSmall(sum))) return
  const shown = line
    .filter((cell) => !hidden.has(cell))
    .sort((a, b) => a.enterprises - b.enterprises || a.registered - b.registered)
  const next = shown.find((cell) => !isSmall(sumOf([sum, cell]))) ?? shown[0]
  if (next !== undefined) hidden.add(next)
}

/** Neighbours of one parent, the hidden ones made one. */
function merged(cells: readonly CellTotal[], hidden: ReadonlySet<CellTotal>, side: Side, code: string): CellTotal[] {
  const isOther = (cell: CellTotal): boolean => hidden.has(cell) || cell[side] === code
  const others = cells.filter(isOther)
  const shown = cells.filter((cell) => !isOther(cell))
  return others.length === 0 ? shown : [...shown, { ...others[0], ...sumOf(others), [side]: code }]
}

function sumOf(cells: readonly Counts[]): Counts {
  const sum: Counts = { events: 0, expected: undefined, enterprises: 0, registered: 0 }
  for (const { events, expected, enterprises, registered, risk } of cells) {
    if (risk !== undefined) sum.risk = sum.risk === undefined ? risk : together(sum.risk, risk)
    if (expected !== undefined) sum.expected = (sum.expected ?? 0) + expected
    sum.events += events
    sum.enterprises += enterprises
    sum.registered += registered
  }
  return sum
}

/** Means of both, by their scored enterprises. */
function together(one: CellRisk, other: CellRisk): CellRisk {
  const n = one.n + other.n
  const mean = (of: 'meanLogOdds' | 'atSameGrades'): number => (one.n * one[of] + other.n * other[of]) / n
  return {
    n,
    meanLogOdds: mean('meanLogOdds'),
    atSameGrades: mean('atSameGrades'),
    risky: one.risky + other.risky,
    expected: one.expected + other.expected,
  }
}

/** The code under which a node is shown: its own, or OTHER. */
function shownCode(shown: readonly CellTotal[], side: Side): (code: string) => string {
  const codes = new Set(shown.map((cell) => cell[side]))
  return (code) => (codes.has(code) ? code : otherCode)
}
