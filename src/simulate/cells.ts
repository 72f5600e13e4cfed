/** How many events a day each cell usually has: by leaf region x leaf industry and family, so that any node pair can be summed. */
import type { Profile } from '../../streams/profile.ts'
import { type CodeTree, nodesUnder } from '../../streams/tree.ts'
import type { Population } from './population.ts'
import { type Family, families, type Trait } from './traits.ts'

export type Intensity = {
  /** Events a day of these types (indices) in a cell of two nodes, on an average day. */
  perDay(region: number, industry: number, types: readonly number[]): number
  enterprises(region: number, industry: number): number
}

/** Leaves of a tree's cut, numbered without gaps. */
function leafNumbers(tree: CodeTree): { of: Uint16Array; leaves: readonly number[] } {
  const leaves = [...new Set(tree.leafOf)]
  const numbers = new Map(leaves.map((leaf, number) => [leaf, number]))
  return { of: tree.leafOf.map((leaf) => numbers.get(leaf) ?? 0), leaves }
}

/** @param weights Relative rates of every enterprise, by family (`familyWeights`). */
export function intensity(
  profile: Profile,
  population: Population,
  weights: Readonly<Record<Family, Float32Array>>,
  traits: readonly Trait[],
): Intensity {
  const regions = leafNumbers(profile.regions)
  const industries = leafNumbers(profile.industries)
  const width = industries.leaves.length
  const cells = Uint32Array.from(
    population.region,
    (region, one) => regions.of[region] * width + industries.of[population.industry[one]],
  )
  const sums = families.map((family) => summed(cells, weights[family], regions.leaves.length * width))
  const counts = summed(cells, new Float32Array(cells.length).fill(1), regions.leaves.length * width)

  const rowsUnder = leavesUnder(profile.regions, regions.leaves)
  const columnsUnder = leavesUnder(profile.industries, industries.leaves)
  const total = (sum: Float64Array, region: number, industry: number): number => {
    const columns = columnsUnder(industry)
    let result = 0
    for (const row of rowsUnder(region)) {
      for (const column of columns) result += sum[row * width + column]
    }
    return result
  }
  const rateOf = (family: Family, types: readonly number[]): number =>
    types.reduce((rate, type) => rate + (traits[type].family === family ? traits[type].perThousandDay / 1000 : 0), 0)

  return {
    enterprises: (region, industry) => total(counts, region, industry),
    perDay: (region, industry, types) =>
      families.reduce((rate, family, at) => {
        const perWeight = rateOf(family, types)
        return perWeight === 0 ? rate : rate + perWeight * total(sums[at], region, industry)
      }, 0),
  }
}

/** The numbers of the leaves under a node; remembered, since a plan asks for many nodes again. */
function leavesUnder(tree: CodeTree, leaves: readonly number[]): (node: number) => readonly number[] {
  const known = new Map<number, readonly number[]>()
  return (node) => {
    const inside = known.get(node) ?? inNode(node)
    known.set(node, inside)
    return inside
  }

  function inNode(node: number): readonly number[] {
    const inside = nodesUnder(tree, node)
    return [...leaves.keys()].filter((number) => inside[leaves[number]] === 1)
  }
}

function summed(cells: Uint32Array, values: Float32Array, size: number): Float64Array {
  const sums = new Float64Array(size)
  for (let one = 0; one < cells.length; one++) sums[cells[one]] += values[one]
  return sums
}
