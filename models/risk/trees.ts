/** Boosted trees. Rows are scored in blocks, tree after tree; each row adds up its leaves in the order of the trees. */
import { forestOf } from './forest.ts'
import type { TreesFile } from './modelFile.ts'
import type { ModelCore } from './riskModel.ts'
import { kernelTrees, lanes, sumLeaves } from './treeKernel.ts'
import { treeShap } from './treeShap.ts'

/** Rows of a block: their columns and one tree fit into the fastest cache. */
const blockRows = 10 * lanes

/**
 * Log-odds equal LightGBM's `raw_score` times its sigmoid; contributions equal its `pred_contrib` times the sigmoid. Missing values
 * are NaN. Every row can be scored.
 * @throws Error when something in `trees` is no tree, asks for a feature that the file does not have, or is too large.
 */
export function trees(file: Pick<TreesFile, 'features' | 'trees'>): ModelCore {
  const size = file.features.length
  const forest = forestOf(file)
  const fill = forest.columns.filler()
  const kernel = kernelTrees(forest)
  const block = forest.columns.block(blockRows)
  const { baseLogOdds, addContributions } = treeShap(forest)
  return {
    baseLogOdds,
    logOdds(rows, out) {
      for (let row = 0; row < out.length; row += blockRows) {
        const count = Math.min(blockRows, out.length - row)
        fill({ values: rows, from: row * size, size, count }, block)
        sumLeaves(kernel, block, count)
        for (let at = 0; at < count; at++) out[row + at] = block.sums[at]
      }
    },
    contributions(row, out) {
      fill({ values: row, from: 0, size, count: 1 }, block)
      addContributions(block.block, out.fill(0))
    },
  }
}
