/** Trees laid out for evaluation: each breadth first, so that the two children of a split are neighbours. */
import { pathSplitsMax, shapleyStepsMax, treeLevelsMax } from './bounds.ts'
import type { TreesFile } from './modelFile.ts'
import { TreeColumns } from './treeColumns.ts'
import type { TreeWeights } from './weights.ts'

/** A split or a leaf; its place is its index among those of its tree. */
export type Place = {
  /** Place of the split above; the root's is its own. */
  parent: number
  /** Levels below the root. */
  depth: number
  /** Training rows that came here. */
  rows: number
  /** Place of the left child, the right one follows. A leaf's is its own. */
  first: number
  /** A row goes right where its column is above the threshold, which it never is at a leaf. */
  column: number
  threshold: number
  /** Log-odds of a leaf; 0 of a split. */
  value: number
  /** The feature that a split asks; 0 of a leaf. */
  feature: number
}

export type Forest = { readonly columns: TreeColumns; readonly trees: readonly (readonly Readonly<Place>[])[] }

/** @throws Error when something in `trees` is no tree, asks for a feature that the file does not have, or there is more than bounds.ts admits. */
export function forestOf({ features, trees }: Pick<TreesFile, 'features' | 'trees'>): Forest {
  const columns = new TreeColumns()
  const size: ForestSize = { features: features.length, levels: 0, pathSplits: 0, shapleySteps: 0 }
  const laidOut = (tree: TreeWeights, at: number): Place[] => {
    try {
      checkLists(tree, features.length)
      const places = placesOf(tree, columns)
      measure(places, size)
      return places
    } catch (error) {
      throw new Error(`trees[${at}]: ${error instanceof Error ? error.message : error}`)
    }
  }
  return { columns, trees: trees.map(laidOut) }
}

/** What all trees so far add up to. */
type ForestSize = { readonly features: number; levels: number; pathSplits: number; shapleySteps: number }

/** Adds a tree. @throws Error when it is one too many. */
function measure(places: readonly Readonly<Place>[], size: ForestSize): void {
  size.levels += places[places.length - 1].depth
  for (const [at, { first, depth }] of places.entries()) {
    if (first !== at) continue
    size.pathSplits += depth
    size.shapleySteps += Math.min(depth, size.features) * Math.min(depth, size.features)
  }
  const bounds = [
    ['levels', size.levels, treeLevelsMax],
    ['splits on the ways to all leaves', size.pathSplits, pathSplitsMax],
    ['steps of reasons', size.shapleySteps, shapleyStepsMax],
  ] as const
  for (const [what, value, max] of bounds)
    if (value > max) throw new Error(`the trees up to here have ${value} ${what}, and at most ${max} are taken`)
}

function checkLists({ values, counts, ...splits }: TreeWeights, features: number): void {
  if (counts.length !== values.length) throw new Error(`counts: ${counts.length} for ${values.length} leaves`)
  for (const name of ['features', 'thresholds', 'decisions', 'left', 'right'] as const) {
    const { length } = splits[name]
    if (length !== values.length - 1) throw new Error(`${name}: ${length} for ${values.length - 1} splits`)
  }
  const beyond = splits.features.find((feature) => feature >= features)
  if (beyond !== undefined) throw new Error(`features: ${beyond}, but the file has ${features}`)
}

function placesOf(tree: TreeWeights, columns: TreeColumns): Place[] {
  const { left, right, values, counts } = tree
  const places: Place[] = []
  const nodes: number[] = [] // in LightGBM's numbers, of each place
  const add = (node: number, parent: number): void => {
    const first = places.length
    const depth = first === 0 ? 0 : places[parent].depth + 1
    if (first === values.length + left.length) throw new Error('left, right: a node has two parents')
    if (node >= left.length || -1 - node >= values.length) throw new Error(`left, right: there is no node ${node}`)
    nodes.push(node)
    const place = {
      parent,
      depth,
      rows: 0,
      first,
      column: 0,
      threshold: Number.POSITIVE_INFINITY,
      value: 0,
      feature: 0,
    }
    places.push(node < 0 ? { ...place, rows: counts[-1 - node], value: values[-1 - node] } : place)
  }
  add(left.length === 0 ? -1 : 0, 0)
  for (let at = 0; at < places.length; at++) {
    const node = nodes[at]
    if (node < 0) continue
    Object.assign(places[at], columns.question(tree, node), { first: places.length })
    add(left[node], at)
    add(right[node], at)
  }
  for (let at = places.length - 1; at > 0; at--) places[places[at].parent].rows += places[at].rows
  return places
}
