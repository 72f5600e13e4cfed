/** Drift of the champion at the last judged tick: one series for the score and one a feature, gone when they are not measured. */
import { Gauge, type Registry } from 'prom-client'
import type { Listener } from '../../notices.ts'

export const driftKind = (feature: string | undefined): 'score' | 'feature' =>
  feature === undefined ? 'score' : 'feature'

export function driftMetricsOf(registry: Registry): { take: Listener } {
  const registers = [registry]
  const index = new Gauge({
    name: 'forewarn_model_psi',
    help: 'Population stability index of the score and the features of the champion against its training; above .25 somebody must act.',
    labelNames: ['kind', 'feature'],
    registers,
  })
  const rows = new Gauge({
    name: 'forewarn_model_psi_rows',
    help: 'Enterprises on which the drift of the champion is measured, each once.',
    registers,
  })
  const take: Listener = (notice) => {
    if (notice.kind !== 'TickJudged') return
    index.reset()
    rows.reset()
    if (notice.drift === undefined) return
    rows.set(notice.drift.rows)
    for (const { feature, psi } of notice.drift.indexes)
      index.set({ kind: driftKind(feature), ...(feature === undefined ? {} : { feature }) }, psi)
  }
  return { take }
}
