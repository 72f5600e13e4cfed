/** What models say of the rows of a beat, gathered as rows are scored and written in order of id. */
import type { EnterpriseAlert, Score, ShadowScore } from '../../../streams/outputs.ts'
import type { Emit } from '../../fold/task.ts'
import { jsonBytes } from '../../json.ts'
import { endsSlice, sortedInSlices } from '../../slices.ts'
import { evict } from '../rows/keep.ts'
import type { EnterpriseRows } from '../rows/rows.ts'
import type { ActiveModels } from './activeModels.ts'
import { type AsOf, isScored } from './score.ts'

/** How many of each a beat has. */
export type ScoreCounts = Readonly<{ scores: number; alerts: number; unscorable: number }>

export const noScores: ScoreCounts = { scores: 0, alerts: 0, unscorable: 0 }

export class BeatScores {
  readonly #rows: EnterpriseRows
  readonly #partition: number
  readonly #moved: { score: Score; alert: EnterpriseAlert | undefined }[] = []
  readonly #shadowed: ShadowScore[] = []
  #unscorable = 0

  constructor(rows: EnterpriseRows, partition: number) {
    this.#rows = rows
    this.#partition = partition
  }

  score({ shadow, scorer }: ActiveModels, row: number, asOf: AsOf): void {
    evict(this.#rows, row, asOf.hour, asOf.tick)
    if (!isScored(this.#rows, row)) return
    const shadowed = asOf.cause === 'model' ? undefined : shadow?.row(row, asOf) // the challenger is the one it was
    if (shadowed !== undefined) this.#shadowed.push(shadowed)
    if (scorer === undefined) return
    const scored = scorer.row(row, asOf)
    if (scored.kind === 'unscorable') this.#unscorable++
    else if (scored.kind === 'moved') this.#moved.push(scored)
  }

  get isEmpty(): boolean {
    return this.#moved.length + this.#shadowed.length + this.#unscorable === 0
  }

  /** Writes them, and says how many they are; the next beat begins anew. */
  *write(emit: Emit): Generator<void, ScoreCounts> {
    const partition = this.#partition
    const moved = yield* sortedInSlices(this.#moved, (a, b) => byEnterprise(a.score, b.score))
    let alerts = 0
    for (const [at, { score, alert }] of moved.entries()) {
      if (endsSlice(at)) yield
      emit({ topic: 'scores', partition, record: { key: score.enterpriseId, value: jsonBytes(score) } })
      if (alert === undefined) continue
      alerts++
      emit({ topic: 'enterprise-alerts', partition, record: { key: alert.enterpriseId, value: jsonBytes(alert) } })
    }
    for (const [at, score] of (yield* sortedInSlices(this.#shadowed, byEnterprise)).entries()) {
      emit({ topic: 'shadow-scores', partition, record: { key: score.enterpriseId, value: jsonBytes(score) } })
      if (endsSlice(at)) yield
    }
    const counts = { scores: moved.length, alerts, unscorable: this.#unscorable }
    this.#moved.length = 0
    this.#shadowed.length = 0
    this.#unscorable = 0
    return counts
  }
}

function byEnterprise(a: { enterpriseId: string }, b: { enterpriseId: string }): number {
  return a.enterpriseId < b.enterpriseId ? -1 : a.enterpriseId > b.enterpriseId ? 1 : 0
}
