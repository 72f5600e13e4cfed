/** Trees of a model file that are small as bytes and huge once they are built. */
export type Tree = Record<string, unknown>

/** One split below the other, each with a leaf on its left. */
export function chain(splits: number): Tree {
  const at = Array.from({ length: splits }, (_, split) => split)
  return {
    values: Array(splits + 1).fill(0),
    counts: Array(splits + 1).fill(1),
    features: Array(splits).fill(0),
    thresholds: Array(splits).fill(0),
    decisions: Array(splits).fill(0),
    left: at.map((split) => -1 - split),
    right: at.map((split) => (split + 1 < splits ? split + 1 : -1 - splits)),
    categories: [],
  }
}

/** One split about categories. */
export function stump(feature: number, categories: readonly number[]): Tree {
  const split = { features: [feature], thresholds: [0], decisions: [1], left: [-1], right: [-2] }
  return { values: [0, 1], counts: [1, 1], ...split, categories: [categories] }
}
