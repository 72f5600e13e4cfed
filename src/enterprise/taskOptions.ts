/** What an enterprise task is begun with. */
import type { RiskModel } from '../../models/risk/riskModel.ts'
import type { Profile } from '../../streams/profile.ts'
import type { HashSeed } from '../hashSeed.ts'
import type { Listener } from '../notices.ts'
import type { RegistryOptions } from '../registry/modelRegistry.ts'
import type { Witness } from './score/witness.ts'

export type EnterpriseTaskOptions = {
  profile: Profile
  /** The first champion, whose scores count until another is promoted; without one nothing is scored. */
  model: RiskModel | null
  /** A second model, which scores in shadow until another is chosen. */
  challenger?: RiskModel | undefined
  begunWith?: RegistryOptions['begunWith']
  beatMs: number
  partition: number
  /** How many partitions the inputs have. */
  partitions: number
  /** Keys the tables that find ids; another seed, the same outputs. */
  hashSeed: HashSeed
  listener: Listener
  witness?: Witness | undefined
  /** Whoever asks for rows alone needs nobody's scores. */
  rowsOnly?: boolean
}
