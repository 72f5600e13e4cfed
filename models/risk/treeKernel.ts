/**
 * The kernel of boosted trees: rows go down a tree six at once and without branches. So the processor never guesses a way, and
 * while one row waits for its next split the others go on. A row that has come to its leaf stays there.
 */
import type { Forest, Place } from './forest.ts'
import type { Block } from './treeColumns.ts'

/** Rows that go down a tree together. Four wait longer, and for eight there are not enough registers. */
export const lanes = 6

/** A node is one integer: place of its left child (upper 16 bits), and its column (lower 16 bits). */
const placesMax = 65_536

export type KernelTree = {
  readonly links: Int32Array
  readonly thresholds: Float64Array
  /** Log-odds; 0 of a split. */
  readonly values: Float64Array
  readonly depth: number
}

/** @throws Error when a tree, or the number of columns, does not fit into 16 bits. */
export function kernelTrees({ columns, trees }: Forest): KernelTree[] {
  if (columns.width > placesMax || trees.some(({ length }) => length > placesMax))
    throw new Error(`trees: more than ${placesMax} nodes in a tree, or sets of categories; train with fewer leaves`)
  return trees.map((places: readonly Place[]) => ({
    links: Int32Array.from(places, ({ first, column }) => (first << 16) | column),
    thresholds: Float64Array.from(places, ({ threshold }) => threshold),
    values: Float64Array.from(places, ({ value }) => value),
    depth: places[places.length - 1].depth,
  }))
}

/**
 * Sums up into `sums` the leaves of `rows` rows whose columns are in `block`. The last lanes of a group of rows that is not full
 * compute, too, and say nothing. Every row adds its leaves in the order of the trees: the same bits in any company.
 */
export function sumLeaves(trees: readonly KernelTree[], { block, width, sums }: Block, rows: number): void {
  sums.fill(0)
  for (const { links, thresholds, values, depth } of trees) {
    for (let row = 0; row < rows; row += lanes) {
      const atA = row * width
      const atB = atA + width
      const atC = atB + width
      const atD = atC + width
      const atE = atD + width
      const atF = atE + width
      let a = 0
      let b = 0
      let c = 0
      let d = 0
      let e = 0
      let f = 0
      for (let level = 0; level < depth; level++) {
        const linkA = links[a]
        const linkB = links[b]
        const linkC = links[c]
        const linkD = links[d]
        const linkE = links[e]
        const linkF = links[f]
        a = (linkA >>> 16) + +(block[atA + (linkA & 0xffff)] > thresholds[a])
        b = (linkB >>> 16) + +(block[atB + (linkB & 0xffff)] > thresholds[b])
        c = (linkC >>> 16) + +(block[atC + (linkC & 0xffff)] > thresholds[c])
        d = (linkD >>> 16) + +(block[atD + (linkD & 0xffff)] > thresholds[d])
        e = (linkE >>> 16) + +(block[atE + (linkE & 0xffff)] > thresholds[e])
        f = (linkF >>> 16) + +(block[atF + (linkF & 0xffff)] > thresholds[f])
      }
      sums[row] += values[a]
      sums[row + 1] += values[b]
      sums[row + 2] += values[c]
      sums[row + 3] += values[d]
      sums[row + 4] += values[e]
      sums[row + 5] += values[f]
    }
  }
}
