/** The statistics that are judged. Another one is declared here, its evidence in streams/warnings.ts. */

import { type Ladder, StatisticLadder } from '../ladder.ts'
import type { Lattice } from '../lattice.ts'
import type { Identity } from '../warning.ts'
import { CountStatistic } from './count.ts'

export type Statistics = { count: CountStatistic; ladders: readonly Ladder[] }

export function statisticsOf(identity: Identity, lattice: Lattice): Statistics {
  const count = new CountStatistic(identity.profile, lattice)
  return { count, ladders: [new StatisticLadder(identity, lattice, count)] }
}
