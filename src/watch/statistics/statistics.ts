/** The statistics that are judged. Another one is declared here, its evidence in streams/warnings.ts. */

import { type Ladder, StatisticLadder } from '../ladder.ts'
import type { Lattice } from '../lattice.ts'
import type { Identity } from '../warning.ts'
import { CountStatistic } from './count.ts'
import { RiskStatistic } from './risk.ts'

export type Statistics = { count: CountStatistic; risk: RiskStatistic; ladders: readonly Ladder[] }

export function statisticsOf(identity: Identity, lattice: Lattice): Statistics {
  const count = new CountStatistic(identity.profile, lattice)
  const risk = new RiskStatistic(identity.profile, identity.keys, lattice)
  return {
    count,
    risk,
    ladders: [new StatisticLadder(identity, lattice, count), new StatisticLadder(identity, lattice, risk)],
  }
}
