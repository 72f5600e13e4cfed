/**
 * Drift of the champion: what the tasks count of a thirtieth of the rows at each tick (docs/fold.md rule 14) is kept for thirty
 * ticks, so that every enterprise counts once, and measured against the reference of training.
 *
 *   quiet ──► told, when an index comes to its limit ──► quiet, when it is below two fifths of that, and stable, again
 *
 * Features that move for everybody at once, or had not settled in the log when the reference was taken, are measured and not told.
 */
import { z } from 'zod'
import { type DriftIndexes, driftIndexes } from '../../models/quality/drift.ts'
import { driftLimits } from '../../models/quality/driftLimits.ts'
import { stabilityOf } from '../../models/quality/psi.ts'
import type { RiskModel } from '../../models/risk/riskModel.ts'
import type { CellPart, ModelDrifted } from '../../streams/outputs.ts'
import type { Profile } from '../../streams/profile.ts'
import { jsonPart, type StatePart } from '../fold/state.ts'
import { horizonHours, hoursPerDay, rescoreSlices } from '../limits.ts'
import type { DriftIndex } from '../notices.ts'
import { NumberSums } from '../sums.ts'
import { fillIn } from '../words.ts'

/** What is measured of a model. */
export type Measured = Pick<RiskModel, 'hash' | 'featureNames' | 'reference'>

export const SavedDrift = z.object({
  model: z.string(),
  ticks: z.array(z.object({ tick: z.int(), keys: z.array(z.int()), counts: z.array(z.int()) })),
  /** Series of which was told: 0 is the score, 1 + f feature f. */
  told: z.array(z.int()),
})
export type SavedDrift = z.infer<typeof SavedDrift>

/** How things stand after a tick, and what is to be told of it. */
export type DriftClose = { rows: number; indexes: DriftIndex[]; notices: ModelDrifted[] }

export class DriftWatch {
  readonly #profile: Profile
  /** Counts of the tick that closes. */
  readonly #counted = new NumberSums()
  readonly #modelOf: (hash: string) => Measured
  #champion: Measured | undefined
  #kept: SavedDrift | undefined
  readonly state: StatePart = jsonPart(
    { name: 'drift', version: 1, contract: SavedDrift.nullable() },
    () => this.save() ?? null,
    (saved) => this.load(saved ?? undefined),
  )

  constructor(profile: Profile, modelOf: (hash: string) => Measured) {
    this.#profile = profile
    this.#modelOf = modelOf
  }

  add({ keys, counts }: NonNullable<CellPart['drift']>): void {
    for (const [at, key] of keys.entries()) this.#counted.add(key, counts[at])
  }

  /** Takes what was counted at the end of a tick; undefined: the champion has no reference. Another champion starts anew. */
  close(tick: number, hash: string | null): DriftClose | undefined {
    const counted = this.#counted.sorted()
    this.forget()
    if (this.#champion?.hash !== hash) this.#champion = hash === null ? undefined : this.#modelOf(hash)
    const champion = this.#champion
    if (champion?.reference === undefined) {
      this.#kept = undefined
      return undefined
    }
    const before = this.#kept?.model === champion.hash ? this.#kept : { model: champion.hash, ticks: [], told: [] }
    const ticks = before.ticks.filter((one) => one.tick > tick - rescoreSlices)
    ticks.push({ tick, keys: Array.from(counted.keys), counts: Array.from(counted.sums) })
    const sums = new NumberSums()
    for (const { keys, counts } of ticks) for (const [at, key] of keys.entries()) sums.add(key, counts[at])
    const measured = driftIndexes(champion.reference, new Map(sums.entries()))
    const told = new Set(before.told)
    const notices = this.#crossings(tick, champion, measured, told)
    this.#kept = { model: champion.hash, ticks, told: [...told].sort((a, b) => a - b) }
    const indexes = measured.psi.flatMap((psi, series) =>
      psi === undefined ? [] : [{ feature: featureOf(champion, series), psi }],
    )
    return { rows: measured.rows, indexes, notices }
  }

  /** What was counted before ticks began. */
  forget(): void {
    this.#counted.clear()
  }

  save(): SavedDrift | undefined {
    return this.#kept
  }

  load(saved: SavedDrift | undefined): void {
    this.#kept = saved
  }

  /** Once when an index comes to its limit, and again only after it was stable. */
  #crossings(tick: number, champion: Measured, { psi, rows }: DriftIndexes, told: Set<number>): ModelDrifted[] {
    const notices: ModelDrifted[] = []
    const { file } = this.#profile
    const limits = driftLimits(file, horizonHours / hoursPerDay, champion.reference?.ageDays)
    for (const [series, index] of psi.entries()) {
      const feature = featureOf(champion, series)
      const { limit, unjudged } = feature === undefined ? { limit: limits.score } : limits.of(feature)
      if (index === undefined || unjudged !== undefined) continue
      const stability = stabilityOf(index, limit)
      if (stability === 'stable') told.delete(series)
      if (stability !== 'act' || told.has(series)) continue
      told.add(series)
      notices.push(this.#notice(tick, champion, { feature, psi: index, rows }))
    }
    return notices
  }

  #notice(tick: number, { hash }: Measured, found: { feature: string | undefined; psi: number; rows: number }) {
    const { calendar, file } = this.#profile
    const { feature, psi, rows } = found
    return {
      kind: 'ModelDrifted',
      tick,
      tickLabel: calendar.label(tick),
      model: hash,
      ...(feature === undefined ? {} : { feature }),
      psi,
      rows,
      sentences: Object.fromEntries(
        file.languages.map((language) => [language, this.#sentence(found, hash, language)]),
      ),
    } satisfies ModelDrifted
  }

  #sentence(
    { feature, psi, rows }: { feature: string | undefined; psi: number; rows: number },
    model: string,
    language: string,
  ): string {
    const messages = this.#profile.messages.get(language) ?? {}
    const template =
      feature === undefined
        ? (messages['notice.driftScore'] ?? '{model}: PSI {psi}, {rows}')
        : (messages['notice.driftFeature'] ?? '{model} {feature}: PSI {psi}, {rows}')
    return fillIn(template, { model: model.slice(0, 12), feature: feature ?? '', psi: psi.toFixed(2), rows })
  }
}

function featureOf({ featureNames }: Measured, series: number): string | undefined {
  return series === 0 ? undefined : featureNames[series - 1]
}
