/** The statistics that are judged. Another one is declared here, its evidence in streams/warnings.ts. */
import { FormerCountStatistic } from '../former/formerCount.ts'
import { type Ladder, StatisticLadder } from '../ladder.ts'
import type { Lattice } from '../lattice.ts'
import type { Identity } from '../warning.ts'
import type { CellStates } from './cellStates.ts'
import { ClusterStatistic } from './cluster.ts'
import { CountStatistic } from './count.ts'
import { RiskStatistic } from './risk.ts'

/** `cells`: what the counts have learnt of each cell. */
export type Statistics = { cells: CellStates; count: CountStatistic; risk: RiskStatistic; ladders: readonly Ladder[] }

/** The first fold version whose counts are judged by a budget. What was said before is judged again by the rules of then. */
const budgetsSince = 5

export function statisticsOf(identity: Identity, lattice: Lattice): Statistics {
  const count = new CountStatistic(identity.profile, lattice)
  const risk = new RiskStatistic(identity.profile, identity.keys, lattice)
  if (identity.foldVersion < budgetsSince) {
    const former = new FormerCountStatistic(identity.profile, lattice)
    return { cells: former.cells, count, risk, ladders: [new StatisticLadder(identity, lattice, former)] }
  }
  const cluster = new ClusterStatistic(identity.profile, identity.keys, lattice)
  const ladders = [
    new StatisticLadder(identity, lattice, count),
    new StatisticLadder(identity, lattice, risk),
    new StatisticLadder(identity, lattice, cluster),
  ]
  return { cells: count.cells, count, risk, ladders }
}
