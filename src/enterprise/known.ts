/** What a task knows of its enterprises after its last beat: all that explanations, training rows and scripts see of it. */
import type { RiskModel } from '../../models/risk/riskModel.ts'
import type { EnterpriseIds } from './rows/ids.ts'
import type { FeatureSource } from './score/rowFeatures.ts'

export interface Known extends FeatureSource {
  readonly ids: Pick<EnterpriseIds, 'find' | 'idOf'>
  /** The model whose scores count. */
  readonly champion: RiskModel | undefined
  /** For a tick in which no beat came: what is around is from here on that of this tick. */
  openTick(tick: number): void
}
