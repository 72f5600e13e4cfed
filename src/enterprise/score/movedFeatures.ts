/**
 * What moved: of the nodes that the watch asks of, how much each feature adds to the log-odds of their enterprises now, and by what was known
 * 28 days before. By the champion, at the close of a tick.
 */
import type { RiskModel } from '../../../models/risk/riskModel.ts'
import type { CodeTree } from '../../../streams/tree.ts'
import type { CellKeys } from '../../cells.ts'
import { dayMs, hoursPerDay, movedDays } from '../../limits.ts'
import type { CellContributions } from '../cellContributions.ts'
import type { EnterpriseRows } from '../rows/rows.ts'
import { type FeatureSource, rowFeatures } from './rowFeatures.ts'

/** Adds the sums of the nodes asked of, at most `movedNodesMax`, row by row and in slices. */
export function* addMoved(
  source: FeatureSource & { rows: EnterpriseRows },
  model: RiskModel,
  keys: CellKeys,
  contributions: Pick<CellContributions, 'isInStock' | 'sums'>,
  { nodes, hour, tick }: { nodes: readonly number[]; hour: number; tick: number },
): Iterable<void> {
  if (nodes.length === 0) return
  const { profile, rows } = source
  const size = model.featureNames.length
  const fill = rowFeatures(source, model.featureNames, model.peers)
  const features = new Float64Array(size)
  const [now, before] = [new Float64Array(size), new Float64Array(size)]
  const then = {
    hour: hour - movedDays * hoursPerDay,
    tick: tick - Math.round((movedDays * dayMs) / profile.calendar.tickMs),
  }
  const regions = bitsUnder(profile.regions, nodes.map(keys.region))
  const industries = bitsUnder(profile.industries, nodes.map(keys.industry))
  const sums = nodes.map(() => ({ rows: 0, now: new Float64Array(size), before: new Float64Array(size) }))
  /** A bit for each node asked of under which the row lies. */
  const nodesOf = (row: number): number => regions[rows.place(row) >>> 16] & industries[rows.place(row) & 0xffff]
  const isAsked = (row: number): boolean =>
    nodesOf(row) !== 0 && rows.logOdds(row) !== undefined && contributions.isInStock(row)
  yield* rows.each(isAsked, (row) => {
    fill(row, hour, features)
    model.contributions(features, now)
    fill.past(row, then, features)
    model.contributions(features, before)
    for (let feature = 0; feature < size; feature++) {
      now[feature] = thousandths(now[feature])
      before[feature] = thousandths(before[feature])
    }
    for (let bits = nodesOf(row); bits !== 0; bits &= bits - 1) {
      const sum = sums[31 - Math.clz32(bits & -bits)]
      sum.rows++
      for (let feature = 0; feature < size; feature++) {
        sum.now[feature] += now[feature]
        sum.before[feature] += before[feature]
      }
    }
  })
  for (const [at, node] of nodes.entries())
    for (let feature = 0; feature < size; feature++)
      contributions.sums.moved.add(
        node * size + feature,
        sums[at].rows,
        sums[at].now[feature],
        sums[at].before[feature],
      )
}

const thousandths = (value: number): number => Math.floor(1_000 * value + 0.5)

/** For each node of a tree a bit for each of the tops under which it lies: 31 of them at most. */
function bitsUnder({ nodes, pathOf }: CodeTree, tops: readonly number[]): Int32Array {
  const own = new Int32Array(nodes.length)
  for (const [at, top] of tops.entries()) own[top] |= 1 << at
  return Int32Array.from(nodes, ({ index }) => pathOf(index).reduce((bits, node) => bits | own[node], 0))
}
