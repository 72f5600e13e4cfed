/** What acting on a band means: how many of the rows at or above its edge had the outcome, and how many of the outcomes they hold. */
import { z } from 'zod'

const share = z.number().min(0).max(1)
const count = z.int().min(0)

export const BandQuality = z.object({
  name: z.string(),
  /** Lower edge; absent of the lowest band. */
  from: share.optional(),
  /** Rows in this band alone. */
  rows: count,
  positives: count,
  /** Share with the outcome among the rows in this band or a higher one; absent when there is none. */
  precision: share.optional(),
  /** Share of all outcomes in this band or a higher one; absent without any. */
  recall: share.optional(),
})
export type BandQuality = z.infer<typeof BandQuality>

/** Names of the bands, lowest first, and the lower edges of all but the lowest. */
export type Bands = { readonly names: readonly string[]; readonly edges: readonly number[] }

/** One line a band, the highest first. @param scores probabilities */
export function bandQuality(scores: Float64Array, labels: Uint8Array, { names, edges }: Bands): BandQuality[] {
  const counts = names.map(() => ({ rows: 0, positives: 0 }))
  for (let row = 0; row < labels.length; row++) {
    const band = counts[edges.filter((edge) => scores[row] >= edge).length]
    band.rows++
    band.positives += labels[row]
  }
  const all = counts.reduce((sum, { positives }) => sum + positives, 0)
  let [rows, positives] = [0, 0]
  return names
    .map((name, at): BandQuality => ({ name, ...(at === 0 ? {} : { from: edges[at - 1] }), ...counts[at] }))
    .toReversed()
    .map((band) => {
      rows += band.rows
      positives += band.positives
      return {
        ...band,
        ...(rows === 0 ? {} : { precision: positives / rows }),
        ...(all === 0 ? {} : { recall: positives / all }),
      }
    })
}
