/** Isotonic regression by pooling adjacent violators (Ayer et al. 1955; Best & Chakravarti 1990). */

/** Rows with one fitted value, by ascending x. */
export type Block = {
  /** Mean of x, and of the labels. */
  x: number
  value: number
  rows: number
  /** Smallest and largest x. */
  from: number
  to: number
}

/**
 * The ascending step function nearest to the labels in squares; equal x share a value, as in scikit-learn's
 * `IsotonicRegression`. Blocks ascend in x and, strictly, in value.
 * @param x finite, in any order
 */
export function isotonicBlocks(x: Float64Array, labels: Uint8Array): Block[] {
  const order = Uint32Array.from(x, (_, row) => row).sort((a, b) => x[a] - x[b])
  const blocks: Block[] = []
  for (let at = 0; at < order.length; ) {
    const from = x[order[at]]
    let [rows, positives] = [0, 0]
    for (; at < order.length && x[order[at]] === from; at++) {
      rows++
      positives += labels[order[at]]
    }
    let block: Block = { x: from, value: positives / rows, rows, from, to: from }
    for (let last = blocks.at(-1); last !== undefined && last.value >= block.value; last = blocks.at(-1)) {
      block = pooled(last, block)
      blocks.pop()
    }
    blocks.push(block)
  }
  return blocks
}

function pooled(a: Block, b: Block): Block {
  const rows = a.rows + b.rows
  const mean = (left: number, right: number): number => (left * a.rows + right * b.rows) / rows
  return { x: mean(a.x, b.x), value: mean(a.value, b.value), rows, from: a.from, to: b.to }
}
