/** The same figures from scikit-learn, scipy and statsmodels. */
import path from 'node:path'
import { z } from 'zod'
import { logOddsOf } from '../../models/quality/reliability.ts'
import { science } from '../support/science.ts'

const finite = z.number()
const points = z.array(z.object({ x: finite, y: finite }))

export const ScienceFigures = z.object({
  auc: finite,
  averagePrecision: finite,
  brier: finite,
  logLoss: finite,
  ks: finite,
  bins: z.array(z.object({ predicted: finite, observed: finite })),
  intercept: finite,
  slope: finite,
  interceptError: finite,
  slopeError: finite,
  roc: points,
  precisionRecall: points,
  /** Fitted value of each row. */
  isotonic: z.array(finite),
  /** Intercept, slope on ln p, slope on -ln(1 - p). */
  beta: z.tuple([finite, finite, finite]),
})
export type ScienceFigures = z.infer<typeof ScienceFigures>

export async function scienceFigures(scores: Float64Array, labels: Uint8Array): Promise<ScienceFigures> {
  const logOdds = Array.from(scores, logOddsOf)
  const rows = JSON.stringify({ scores: Array.from(scores), labels: Array.from(labels), logOdds })
  return ScienceFigures.parse(JSON.parse(await science.run(path.join(import.meta.dirname, 'scienceFigures.py'), rows)))
}
