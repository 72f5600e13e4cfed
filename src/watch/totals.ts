/** Totals of a tick for metrics and people: events, enterprises and stock by the outermost judged levels, and the ladder's counts. */

import type { Profile } from '../../streams/profile.ts'
import { rootIndex } from '../../streams/tree.ts'
import type { CellKeys } from '../cells.ts'
import type { CellTotal, TickTotals } from '../notices.ts'
import type { NumberSums } from '../sums.ts'
import type { Lattice } from './lattice.ts'
import type { TickFacts } from './statistics/statistic.ts'
import type { WarningEngine } from './warningEngine.ts'

/** What is usual at each node of which totals are told, by what was known before the tick. */
export function expectedTotals(
  nodes: Iterable<number>,
  engine: WarningEngine,
  tick: number,
): ReadonlyMap<number, number | undefined> {
  return new Map([...nodes].map((node) => [node, engine.count.usual(node, tick)]))
}

/**
 * Nodes of which totals are told, once the tick or the population knows them: regions at every judged level with all industries, and outermost
 * regions x outermost industries.
 */
export function totalNodes({ regions, industries }: Profile, keys: CellKeys, lattice: Lattice): number[] {
  const outermost = industries.nodes.filter(({ depth }) => depth === 1)
  const nodes = regions.nodes.flatMap(({ index, depth }) => {
    const crossed = index === rootIndex || depth === 1 ? outermost : []
    return [keys.cell(index, rootIndex), ...crossed.map((industry) => keys.cell(index, industry.index))]
  })
  return nodes.filter((node) => node === lattice.whole || lattice.axisOf(node) !== undefined)
}

/** Those of them that are known. */
export function knownOf(nodes: readonly number[], { aggregates, population }: TickFacts): number[] {
  return nodes.filter((node) => aggregates.nodes.presentAt(node) !== undefined || population.registered(node) !== 0)
}

/** `expected`: of the nodes to tell. */
export function tickTotals(
  profile: Profile,
  keys: CellKeys,
  lattice: Lattice,
  engine: WarningEngine,
  { aggregates, population }: TickFacts,
  expected: ReadonlyMap<number, number | undefined>,
): TickTotals {
  const totals: CellTotal[] = []
  const risks = engine.risk.standingOf([...expected.keys()].filter((node) => isOutermost(profile, keys, lattice, node)))
  for (const [node, usual] of expected) {
    const sum = aggregates.nodes.get(node)
    totals.push({
      ...lattice.codes(node),
      events: sum?.events ?? 0,
      expected: usual,
      enterprises: sum?.enterprises ?? 0,
      registered: population.registered(node),
      risk: isOutermost(profile, keys, lattice, node) ? risks.get(node) : undefined,
    })
  }
  const open = engine.countByLevel()
  return {
    cells: engine.cells.nodes.length,
    candidates: open.reduce((sum, { counts }) => sum + counts.calm, 0),
    open,
    enterprisesByBand: byBand(profile, keys, population.sums),
    totals,
  }
}

/** Of which the level of risk is told: regions and industries of the first level, alone or crossed. */
function isOutermost({ regions, industries }: Profile, keys: CellKeys, lattice: Lattice, node: number): boolean {
  if (lattice.axisOf(node) === undefined) return false
  return regions.nodes[keys.region(node)].depth <= 1 && industries.nodes[keys.industry(node)].depth <= 1
}

function byBand(profile: Profile, keys: CellKeys, population: NumberSums): Record<string, number> {
  const found: Record<string, number> = Object.fromEntries(profile.file.bands.map(({ code }) => [code, 0]))
  const { index, sums } = population
  for (let at = 0; at < index.count; at++) found[profile.file.bands[keys.bandOf(index.keys[at])].code] += sums[at]
  return found
}
