/** Who scores: the champion and the challenger in force, built from what the task was given or from the artefacts of the log. */
import { z } from 'zod'
import type { RiskModel } from '../../models/risk/riskModel.ts'
import type { WordReader, WordWriter } from '../fold/pages.ts'
import type { StatePart } from '../fold/state.ts'
import type { ModelDesk } from '../registry/desk.ts'
import type { EnterpriseIds } from './ids.ts'
import type { FeatureSource } from './rowFeatures.ts'
import type { EnterpriseRows } from './rows.ts'
import { type Scorer, scorer } from './score.ts'
import { Shadow } from './shadow.ts'
import type { Tally } from './tally.ts'

export type SeatsOptions = {
  source: FeatureSource & { rows: EnterpriseRows }
  ids: EnterpriseIds
  tally: Pick<Tally, 'gradeAt' | 'stock' | 'sums'>
  desk: ModelDesk
  /** Models that the log need not hold: the baseline, and a challenger of the process. */
  given: readonly RiskModel[]
  /** Nobody scores. */
  rowsOnly: boolean
}

const Head = z.object({ challenger: z.string().nullable() })

export class Seats {
  champion: RiskModel | undefined
  scorer: Scorer | undefined
  shadow: Shadow | undefined
  private readonly options: SeatsOptions
  /** Whoever the desk says is seated; of the challenger, what it has published of each row. */
  readonly state: StatePart = {
    name: 'seats',
    version: 1,
    save: (out) => this.save(out),
    load: (from) => this.load(from),
  }

  /** `before`: who sat there under another profile. */
  constructor(options: SeatsOptions, before?: Seats) {
    this.options = options
    this.seat({ champion: true, challenger: true })
    this.shadow?.goOnFrom(before?.shadow)
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

  private *save(out: WordWriter): Iterable<void> {
    const { shadow } = this
    const { rows } = this.options.source
    out.putJson({ challenger: shadow?.hash ?? null } satisfies z.infer<typeof Head>)
    if (shadow !== undefined)
      out.putDoubles(Float64Array.from({ length: rows.count }, (_, row) => shadow.published(row)))
    yield
  }

  private *load(from: WordReader): Iterable<void> {
    this.seat({ champion: true, challenger: true })
    const { challenger } = Head.parse(from.takeJson())
    yield
    if (this.shadow === undefined || this.shadow.hash !== challenger) return
    for (const [row, probability] of from.takeDoubles().entries()) this.shadow.setPublished(row, probability)
  }

  private modelOf(hash: string | null): RiskModel | undefined {
    const { given, desk, rowsOnly } = this.options
    return hash === null || rowsOnly ? undefined : desk.modelOf(hash, given)
  }
}
