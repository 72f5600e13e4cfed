/** Totals of a tick for metrics and people: events, enterprises and stock by the outermost judged levels, and the ladder's counts. */

import type { Profile } from '../../streams/profile.ts'
import { rootIndex } from '../../streams/tree.ts'
import type { CellKeys } from '../cells.ts'
import type { CellTotal, TickTotals } from '../notices.ts'
import type { NumberSums } from '../sums.ts'
import type { Judge } from './judge.ts'
import type { Lattice } from './lattice.ts'
import type { Ledger } from './ledger.ts'
import type { Stock } from './stock.ts'

/** Regions at every judged level with all industries, and outermost regions x outermost industries. */
export function tickTotals(
  profile: Profile,
  keys: CellKeys,
  lattice: Lattice,
  judge: Judge,
  ledger: Ledger,
  stock: Stock,
): TickTotals {
  const totals: CellTotal[] = []
  for (const node of new Set([...ledger.nodes.keys(), ...stock.nodes()])) {
    if (!isTotal(profile, keys, lattice, node)) continue
    const sum = ledger.nodes.get(node)
    totals.push({
      ...lattice.codes(node),
      events: sum?.events ?? 0,
      enterprises: sum?.enterprises ?? 0,
      registered: stock.registered(node),
    })
  }
  const open = judge.warnings.countByLevel()
  return {
    cells: judge.cells.nodes.length,
    candidates: open.calm,
    open,
    enterprisesByBand: byBand(profile, keys, stock.sums),
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

function byBand(profile: Profile, keys: CellKeys, stock: NumberSums): Record<string, number> {
  const found: Record<string, number> = Object.fromEntries(profile.file.bands.map(({ code }) => [code, 0]))
  const { index, sums } = stock
  for (let at = 0; at < index.count; at++) found[profile.file.bands[keys.bandOf(index.keys[at])].code] += sums[at]
  return found
}
