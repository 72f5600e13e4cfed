/** The nodes above each leaf that was ever seen, by index, one leaf behind the other. */
import { NumberIndex, resized } from '../sums.ts'
import type { Lattice } from './lattice.ts'
import type { NodeSums } from './nodeSums.ts'

export class Ancestors {
  /** Indices of nodes; those of a leaf lie from `startOf` to `endOf`. */
  nodes = new Int32Array(1024)
  readonly #leaves = new NumberIndex()
  #ends = new Int32Array(64)
  readonly #lattice: Lattice
  readonly #sums: NodeSums

  constructor(lattice: Lattice, sums: NodeSums) {
    this.#lattice = lattice
    this.#sums = sums
  }

  get count(): number {
    return this.#leaves.count
  }

  /** Index of a leaf; its path is laid down when it is new. */
  indexOf(leaf: number): number {
    const { count } = this.#leaves
    const at = this.#leaves.indexOf(leaf)
    if (at === count) this.#lay(leaf, at)
    return at
  }

  startOf(leaf: number): number {
    return leaf === 0 ? 0 : this.#ends[leaf - 1]
  }
  endOf(leaf: number): number {
    return this.#ends[leaf]
  }

  /** The node at a step of a path. */
  nodeAt(step: number): number {
    return this.#sums.keyAt(this.nodes[step])
  }

  /** Whether a node lies above a leaf. */
  has(leaf: number, node: number): boolean {
    const end = this.#ends[leaf]
    for (let at = this.startOf(leaf); at < end; at++) if (this.nodes[at] === node) return true
    return false
  }

  #lay(leaf: number, at: number): void {
    const path = this.#lattice.nodesOf(leaf)
    const start = this.startOf(at)
    if (at >= this.#ends.length) this.#ends = resized(this.#ends)
    if (start + path.length > this.nodes.length) this.nodes = resized(this.nodes)
    for (const [step, node] of path.entries()) this.nodes[start + step] = this.#sums.indexOf(node)
    this.#ends[at] = start + path.length
  }
}
