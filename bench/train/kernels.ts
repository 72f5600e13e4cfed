/** What our own kernels need for a row. */
import { trees } from '../../models/risk/trees.ts'
import { seeded } from '../../test/models/random.ts'
import { randomTrees } from '../../test/support/randomTrees.ts'

const rowsOfBatch = 4_096
const batches = 40

/** Microseconds to score a row in batches of 4,096 with 100 trees of 15 leaves over 40 features, the best of 40 batches. About .85. */
export function treesUsPerRow(): number {
  const random = seeded(9)
  const features = 40
  const { logOdds } = trees(randomTrees(random, { features, trees: 100, leaves: 15 }))
  const rows = Float64Array.from({ length: rowsOfBatch * features }, random)
  const out = new Float64Array(rowsOfBatch)
  let bestMs = Number.POSITIVE_INFINITY
  for (let batch = 0; batch < batches; batch++) {
    const start = performance.now()
    logOdds(rows, out)
    bestMs = Math.min(bestMs, performance.now() - start)
  }
  return (bestMs * 1_000) / rowsOfBatch
}
