/** Who scores: the champion and the challenger in force, built from what the task was given or from the artefacts of the log. */
import type { RiskModel } from '../../models/risk/riskModel.ts'
import type { ModelDesk } from '../registry/desk.ts'
import type { EnterpriseIds } from './ids.ts'
import type { FeatureSource } from './rowFeatures.ts'
import { type Scorer, scorer } from './score.ts'
import { Shadow } from './shadow.ts'
import type { Tally } from './tally.ts'

export type SeatsOptions = {
  source: FeatureSource
  ids: EnterpriseIds
  tally: Pick<Tally, 'gradeAt' | 'stock' | 'sums'>
  desk: ModelDesk
  /** Models that the log need not hold: the baseline, and a challenger of the process. */
  given: readonly RiskModel[]
}

export class Seats {
  champion: RiskModel | undefined
  scorer: Scorer | undefined
  shadow: Shadow | undefined
  private readonly options: SeatsOptions

  constructor(options: SeatsOptions) {
    this.options = options
    this.seatBoth()
  }

  seatBoth(): void {
    this.seat({ champion: true, challenger: true })
  }

  /** Seats anew whoever has changed; a challenger begins with nothing published. */
  seat({ champion, challenger }: { champion: boolean; challenger: boolean }): void {
    const { source, ids, tally, desk } = this.options
    if (champion) {
      const model = this.modelOf(desk.champion)
      this.champion = model
      this.scorer = model === undefined ? undefined : scorer(source, model, ids, tally)
    }
    if (challenger) {
      const model = this.modelOf(desk.challenger)
      this.shadow = model === undefined ? undefined : new Shadow(source, model, ids)
    }
  }

  private modelOf(hash: string | null): RiskModel | undefined {
    const { given, desk } = this.options
    return hash === null ? undefined : desk.modelOf(hash, given)
  }
}
