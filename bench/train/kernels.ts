/** Our scoring kernels by themselves: microseconds of CPU a row in batches, standardising included, without the logistic. */
import { base64OfFloats } from '../../models/risk/float32.ts'
import { network } from '../../models/risk/network.ts'
import type { ModelCore } from '../../models/risk/riskModel.ts'
import { trees } from '../../models/risk/trees.ts'
import { Random } from '../../src/simulate/random.ts'
import { seeded } from '../../test/models/random.ts'
import { randomTrees } from '../../test/support/randomTrees.ts'

const features = 40
const units = 32
const rows = 20_000
const runs = 21

/** The network 40-32-1. */
export function networkUsPerRow(): number {
  const random = new Random(1, 'bench-network')
  const layer = (inputs: number, outputs: number) => ({
    inputs,
    outputs,
    kernel: base64OfFloats(Float32Array.from({ length: inputs * outputs }, () => random.normal() / inputs)),
    bias: base64OfFloats(Float32Array.from({ length: outputs }, () => random.normal())),
  })
  const core = network({
    features: Array.from({ length: features }, (_, at) => ({ name: `x${at}`, mean: random.normal(), deviation: 2 })),
    network: { layers: [layer(features, units), layer(units, 1)] },
  })
  return usPerRow(core, () => random.normal())
}

/** 100 trees of 15 leaves over 40 features. */
export function treesUsPerRow(): number {
  const random = seeded(9)
  return usPerRow(trees(randomTrees(random, { features, trees: 100, leaves: 15 })), random)
}

/** The median of several runs over all rows. */
function usPerRow({ logOdds }: ModelCore, value: () => number): number {
  const values = Float64Array.from({ length: rows * features }, value)
  const out = new Float64Array(rows)
  const times = Array.from({ length: runs }, () => {
    const before = process.cpuUsage()
    logOdds(values, out)
    const { user, system } = process.cpuUsage(before)
    return (user + system) / rows
  })
  return times.sort((a, b) => a - b)[runs >> 1]
}
