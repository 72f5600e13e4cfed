/** Who scores: the champion and the challenger in force, built from what the task was given or from the artefacts of the log. */
import { z } from 'zod'
import type { RiskModel } from '../../../models/risk/riskModel.ts'
import type { WordReader, WordWriter } from '../../fold/pages.ts'
import type { StatePart } from '../../fold/state.ts'
import type { ModelRegistry } from '../../registry/modelRegistry.ts'
import type { CellContributions } from '../cellContributions.ts'
import type { EnterpriseIds } from '../rows/ids.ts'
import type { EnterpriseRows } from '../rows/rows.ts'
import type { FeatureSource } from './rowFeatures.ts'
import { type Scorer, scorer } from './score.ts'
import { Shadow } from './shadow.ts'

export type ActiveModelsOptions = {
  source: FeatureSource & { rows: EnterpriseRows }
  ids: EnterpriseIds
  contributions: Pick<CellContributions, 'gradeAt' | 'stock' | 'rescored' | 'sums'>
  registry: ModelRegistry
  /** Models that the log need not hold: the baseline, and a challenger of the process. */
  given: readonly RiskModel[]
  /** Nobody scores. */
  rowsOnly: boolean
}

const Head = z.object({ challenger: z.string().nullable() })

export class ActiveModels {
  champion: RiskModel | undefined
  scorer: Scorer | undefined
  shadow: Shadow | undefined
  readonly #options: ActiveModelsOptions
  /** The models that the registry says are in force; of the challenger, what it has published of each row. */
  readonly state: StatePart = {
    name: 'active models',
    version: 1,
    save: (out) => this.#save(out),
    load: (from) => this.#load(from),
  }

  /** `before`: who sat there under another profile. */
  constructor(options: ActiveModelsOptions, before?: ActiveModels) {
    this.#options = options
    this.activate({ champion: true, challenger: true })
    this.shadow?.goOnFrom(before?.shadow)
  }

  /** Takes anew what has changed; a challenger begins with nothing published. */
  activate({ champion, challenger }: { champion: boolean; challenger: boolean }): void {
    const { source, ids, contributions, registry } = this.#options
    if (champion) {
      const model = this.#modelOf(registry.champion)
      this.champion = model
      this.scorer = model === undefined ? undefined : scorer(source, model, ids, contributions)
    }
    if (challenger) {
      const model = this.#modelOf(registry.challenger)
      this.shadow = model === undefined ? undefined : new Shadow(source, model, ids)
    }
  }

  *#save(out: WordWriter): Iterable<void> {
    const { shadow } = this
    const { rows } = this.#options.source
    out.putJson({ challenger: shadow?.hash ?? null } satisfies z.infer<typeof Head>)
    if (shadow !== undefined)
      out.putDoubles(Float64Array.from({ length: rows.count }, (_, row) => shadow.published(row)))
    yield
  }

  *#load(from: WordReader): Iterable<void> {
    this.activate({ champion: true, challenger: true })
    const { challenger } = Head.parse(from.takeJson())
    yield
    if (this.shadow === undefined || this.shadow.hash !== challenger) return
    for (const [row, probability] of from.takeDoubles().entries()) this.shadow.setPublished(row, probability)
  }

  #modelOf(hash: string | null): RiskModel | undefined {
    const { given, registry, rowsOnly } = this.#options
    return hash === null || rowsOnly ? undefined : registry.modelOf(hash, given)
  }
}
