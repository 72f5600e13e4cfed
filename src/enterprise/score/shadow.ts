/**
 * The challenger: a second model that scores the same rows at the same moments as the champion, in shadow. It moves no band, raises
 * nothing and changes no population; it is there to be compared on what really happens.
 */
import type { RiskModel } from '../../../models/risk/riskModel.ts'
import type { ShadowScore } from '../../../streams/outputs.ts'
import type { Profile } from '../../../streams/profile.ts'
import type { EnterpriseIds } from '../rows/ids.ts'
import type { FeatureSource } from './rowFeatures.ts'
import { type AsOf, hourIso, rowProbability } from './score.ts'

export class Shadow {
  readonly hash: string
  readonly #model: RiskModel
  readonly #profile: Profile
  readonly #ids: EnterpriseIds
  readonly #probabilityOf: (row: number, hour: number) => number | undefined
  /** The last probability published of each row; 0 before the first. Four bytes a row, and only where there is a challenger. */
  #last = new Float32Array(0)

  constructor(source: FeatureSource, model: RiskModel, ids: EnterpriseIds) {
    this.hash = model.hash
    this.#model = model
    this.#profile = source.profile
    this.#ids = ids
    this.#probabilityOf = rowProbability(source, model).probabilityOf
  }

  /** The score to publish, when it moved far enough since the last one; undefined also for a row that the challenger cannot score. */
  row(row: number, { hour, beat, tick, cause }: AsOf): ShadowScore | undefined {
    const probability = this.#probabilityOf(row, hour)
    if (probability === undefined || Math.abs(probability - this.published(row)) < this.#profile.file.scoreStepMin)
      return undefined
    this.setPublished(row, probability)
    const { bandEdges, hash } = this.#model
    const band = bandEdges.filter((edge) => probability >= edge).length
    return {
      enterpriseId: this.#ids.idOf(row),
      asOf: hourIso(hour),
      beat,
      tick,
      probability,
      band: this.#profile.file.bands[band].code,
      model: hash,
      cause,
    }
  }

  /** Goes on where the same model has published under another profile. */
  goOnFrom(before: Shadow | undefined): void {
    if (before?.hash === this.hash) this.#last = before.#last
  }

  published(row: number): number {
    return row < this.#last.length ? this.#last[row] : 0
  }

  setPublished(row: number, probability: number): void {
    if (row >= this.#last.length) {
      const larger = new Float32Array(Math.ceil((row + 1) * 1.25))
      larger.set(this.#last)
      this.#last = larger
    }
    this.#last[row] = probability
  }
}
