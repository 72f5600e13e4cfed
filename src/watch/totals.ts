/** Totals of a tick for metrics and people: events, enterprises and stock by the outermost judged levels, and the ladder's counts. */

import type { Profile } from '../../streams/profile.ts'
import { rootIndex } from '../../streams/tree.ts'
import type { CellKeys } from '../cells.ts'
import type { CellTotal, TickTotals } from '../notices.ts'
import type { NumberSums } from '../sums.ts'
import type { Lattice } from './lattice.ts'
import type { Population } from './population.ts'
import type { TickAggregates } from './tickAggregates.ts'
import type { WarningEngine } from './warningEngine.ts'

/** Regions at every judged level with all industries, and outermost regions x outermost industries. */
export function tickTotals(
  profile: Profile,
  keys: CellKeys,
  lattice: Lattice,
  engine: WarningEngine,
  aggregates: TickAggregates,
  population: Population,
): TickTotals {
  const totals: CellTotal[] = []
  for (const node of new Set([...aggregates.nodes.keys(), ...population.nodes()])) {
    if (!isTotal(profile, keys, lattice, node)) continue
    const sum = aggregates.nodes.get(node)
    totals.push({
      ...lattice.codes(node),
      events: sum?.events ?? 0,
      enterprises: sum?.enterprises ?? 0,
      registered: population.registered(node),
    })
  }
  const open = engine.countByLevel()
  return {
    cells: engine.count.cells.nodes.length,
    candidates: open.reduce((sum, { counts }) => sum + counts.calm, 0),
    open,
    enterprisesByBand: byBand(profile, keys, population.sums),
    totals,
  }
}

function isTotal(profile: Profile, keys: CellKeys, lattice: Lattice, node: number): boolean {
  const axis = lattice.axisOf(node)
  if (axis === 'region' || node === lattice.whole) return true
  if (axis === undefined) return false
  const industry = profile.industries.nodes[keys.industry(node)]
  if (industry.depth !== 1) return false
  const region = profile.regions.nodes[keys.region(node)]
  return region.index === rootIndex || region.depth === 1
}

function byBand(profile: Profile, keys: CellKeys, population: NumberSums): Record<string, number> {
  const found: Record<string, number> = Object.fromEntries(profile.file.bands.map(({ code }) => [code, 0]))
  const { index, sums } = population
  for (let at = 0; at < index.count; at++) found[profile.file.bands[keys.bandOf(index.keys[at])].code] += sums[at]
  return found
}
