/**
 * What moved: of the nodes that the watch asks of, how much each feature adds to the log-odds of their enterprises now, and by what was known
 * 28 days before. By the champion, at the close of a tick.
 */
import type { RiskModel } from '../../../models/risk/riskModel.ts'
import { nodesUnder } from '../../../streams/tree.ts'
import type { CellKeys } from '../../cells.ts'
import { dayMs, hoursPerDay, movedDays } from '../../limits.ts'
import type { CellContributions } from '../cellContributions.ts'
import type { EnterpriseRows } from '../rows/rows.ts'
import { type FeatureSource, rowFeatures } from './rowFeatures.ts'

type Asked = { node: number; regions: Uint8Array; industries: Uint8Array }

const thousandths = (value: number): number => Math.floor(1_000 * value + 0.5)

/** Adds the sums of the nodes asked of, row by row and in slices. */
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
  const then = {
    hour: hour - movedDays * hoursPerDay,
    tick: tick - Math.round((movedDays * dayMs) / profile.calendar.tickMs),
  }
  const asked = nodes.map((node): Asked => {
    const [regions, industries] = [
      nodesUnder(profile.regions, keys.region(node)),
      nodesUnder(profile.industries, keys.industry(node)),
    ]
    return { node, regions, industries }
  })
  const isAsked = (row: number): boolean =>
    rows.logOdds(row) !== undefined && contributions.isInStock(row) && asked.some((one) => lies(rows.place(row), one))
  yield* rows.each(isAsked, (row) => {
    fill(row, hour, features)
    const now = model.contributions(features)
    fill.past(row, then, features)
    const before = model.contributions(features)
    for (const one of asked) {
      if (!lies(rows.place(row), one)) continue
      for (let feature = 0; feature < size; feature++)
        contributions.sums.moved.add(
          one.node * size + feature,
          1,
          thousandths(now[feature]),
          thousandths(before[feature]),
        )
    }
  })
}

const lies = (place: number, { regions, industries }: Asked): boolean =>
  regions[place >>> 16] === 1 && industries[place & 0xffff] === 1
