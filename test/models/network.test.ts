/** The scoring kernel of a network and its contributions, against sums written out once more here. */
import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { buildModel } from '../../models/risk/buildModel.ts'
import { ModelFile, type NetworkFile } from '../../models/risk/modelFile.ts'
import { network } from '../../models/risk/network.ts'
import type { DenseLayer } from '../../models/risk/wasm/denseKernel.ts'
import { type NetworkParts, partsOf, randomLayers, randomRows } from '../support/tinyNetwork.ts'

const f = Math.fround

/** Float32 in the order that denseKernel.ts promises: each product and each sum is rounded by itself, nothing is fused. */
function oneByOne(layers: readonly DenseLayer[], row: readonly number[]): number {
  let x = row.map(f)
  for (const { inputs, outputs, kernel, bias } of layers.slice(0, -1))
    x = Array.from({ length: outputs }, (_, unit) => {
      let sum = bias[unit]
      for (let input = 0; input < inputs; input++) sum = f(sum + f(x[input] * kernel[input * outputs + unit]))
      return Math.max(sum, 0)
    })
  const last = layers[layers.length - 1]
  const lanes = [0, 0, 0, 0]
  for (const [at, value] of x.entries()) lanes[at % 4] = f(lanes[at % 4] + f(value * last.kernel[at]))
  return f(f(f(lanes[0] + lanes[1]) + f(lanes[2] + lanes[3])) + last.bias[0])
}

/** The network in float64, without rounding to speak of. The row is not rounded to float32 either. */
function exactly(layers: readonly DenseLayer[], row: readonly number[]): number {
  return layers.reduce<number[]>(
    (x, { inputs, outputs, kernel, bias }, depth) =>
      Array.from({ length: outputs }, (_, unit) => {
        let sum = bias[unit]
        for (let input = 0; input < inputs; input++) sum += x[input] * kernel[input * outputs + unit]
        return depth < layers.length - 1 ? Math.max(sum, 0) : sum
      }),
    [...row],
  )[0]
}

const hidden = fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 3 })
const anyNetwork = fc
  .record({ columns: fc.integer({ min: 1, max: 45 }), hidden, seed: fc.nat() })
  .map(({ columns, hidden, seed }) => ({ columns, seed, layers: randomLayers([columns, ...hidden, 1], seed) }))

const logOdds = (parts: NetworkParts, rows: Float64Array): Float64Array => {
  const out = new Float64Array(rows.length / parts.features.length)
  network(parts).logOdds(rows, out)
  return out
}

describe('log-odds', () => {
  it('are float32 sums in the promised order, bit for bit', () => {
    fc.assert(
      fc.property(anyNetwork, ({ layers, columns, seed }) => {
        const rows = randomRows(3, columns, seed)
        const expected = [0, 1, 2].map((at) => oneByOne(layers, [...rows.subarray(at * columns, (at + 1) * columns)]))
        expect([...logOdds(partsOf(layers), rows)]).toEqual(expected)
      }),
    )
  })

  it('are right for layers wider than one pass of the kernel', () => {
    const layers = randomLayers([130, 700, 65, 1], 4)
    const rows = randomRows(2, 130, 5)
    const [one, other] = logOdds(partsOf(layers), rows)
    expect(one).toBeCloseTo(exactly(layers, [...rows.subarray(0, 130)]), 4)
    expect(other).toBe(oneByOne(layers, [...rows.subarray(130)]))
  })

  it('have the same bits at any number of rows', () => {
    fc.assert(
      fc.property(anyNetwork, fc.integer({ min: 1, max: 200 }), ({ layers, columns, seed }, count) => {
        const rows = randomRows(count, columns, seed)
        const core = network(partsOf(layers))
        const together = new Float64Array(count)
        core.logOdds(rows, together)
        const one = new Float64Array(1)
        for (let at = 0; at < count; at++) {
          core.logOdds(rows.subarray(at * columns, (at + 1) * columns), one)
          expect(one[0]).toBe(together[at])
        }
      }),
      { numRuns: 50 },
    )
  })

  it('standardises by mean and deviation, in float64', () => {
    const layers = randomLayers([2, 3, 1], 7)
    const shifted = partsOf(layers, { mean: 1e9, deviation: 4 })
    expect(logOdds(shifted, Float64Array.of(1e9 + 2, 1e9 - 6))).toEqual(
      logOdds(partsOf(layers), Float64Array.of(0.5, -1.5)),
    )
    expect(network(shifted).baseLogOdds).toBe(oneByOne(layers, [0, 0]))
  })
})

describe('a row that cannot be scored', () => {
  const layers = randomLayers([3, 5, 1], 1)
  const steep = layers.map((layer) => ({ ...layer, kernel: layer.kernel.map((weight) => 20 * Math.abs(weight)) }))
  const whole = [1, 2, 3]
  test.each([
    ['a missing value', Number.NaN],
    ['infinity', Number.POSITIVE_INFINITY],
    ['minus infinity', Number.NEGATIVE_INFINITY],
    ['more than float32 holds', 1e300],
    ['so much that the sums overflow', 3e38],
  ])('with %s is refused, the rows beside it are not', (_, value) => {
    for (const column of [0, 1, 2]) {
      const out = logOdds(partsOf(steep), Float64Array.from([...whole, ...whole.with(column, value), ...whole]))
      expect(out[1]).toBeNaN()
      expect(Number.isFinite(out[0])).toBe(true)
      expect(out[2]).toBe(out[0])
    }
  })

  it('has no probability and no reasons', () => {
    const model = buildModel(fileOf(partsOf(layers)), 'hash')
    const bad = Float64Array.of(1, Number.NaN, 3)
    expect(model.score(bad)).toBeUndefined()
    expect(model.reasons(bad, 3)).toEqual([])
    expect([...model.contributions(bad)]).toEqual([Number.NaN, Number.NaN, Number.NaN])
  })
})

describe('contributions', () => {
  const sharesOf = (layers: readonly DenseLayer[], row: Float64Array): Float64Array => {
    const out = new Float64Array(row.length)
    network(partsOf(layers)).contributions(row, out)
    return out
  }

  it('follow the line from the mean row to the row, from kink to kink', () => {
    // 2 relu(x0 + x1 - 1) at (3, 1): off for the first quarter of the line, then d/dx = 2 for both.
    const one = { inputs: 2, outputs: 1, kernel: Float32Array.of(1, 1), bias: Float32Array.of(-1) }
    const out = { inputs: 1, outputs: 1, kernel: Float32Array.of(2), bias: Float32Array.of(0.5) }
    const [first, second] = sharesOf([one, out], Float64Array.of(3, 1))
    expect(first).toBeCloseTo(4.5, 7)
    expect(second).toBeCloseTo(1.5, 7)
    expect([...sharesOf([one, out], Float64Array.of(0, 0))]).toEqual([0, 0])
  })

  it('add up to the log-odds less those of the mean row', () => {
    fc.assert(
      fc.property(anyNetwork, ({ layers, columns, seed }) => {
        const row = randomRows(1, columns, seed)
        const sum = sharesOf(layers, row).reduce((a, b) => a + b, 0)
        const difference = exactly(layers, [...row].map(f)) - exactly(layers, Array(columns).fill(0))
        expect(Math.abs(sum - difference)).toBeLessThan(1e-6 * (1 + Math.abs(difference)))
        const core = network(partsOf(layers))
        expect(Math.abs(sum - (logOdds(partsOf(layers), row)[0] - core.baseLogOdds))).toBeLessThan(1e-3)
      }),
    )
  })

  it('are the mean gradient on that line', () => {
    const [columns, steps, width] = [4, 4000, 1e-6]
    const layers = randomLayers([columns, 9, 6, 1], 12)
    const row = [...randomRows(1, columns, 3)].map(f)
    const shares = sharesOf(layers, Float64Array.from(row))
    for (let column = 0; column < columns; column++) {
      let sum = 0
      for (let step = 0; step < steps; step++) {
        const place = row.map((value) => (value * (step + 0.5)) / steps)
        const moved = (by: number): number => exactly(layers, place.with(column, place[column] + by))
        sum += (moved(width) - moved(-width)) / (2 * width)
      }
      expect(shares[column]).toBeCloseTo((row[column] * sum) / steps, 2)
    }
  })

  it('are 0 for a feature without weights', () => {
    const layers = randomLayers([3, 8, 4, 1], 2)
    layers[0].kernel.fill(0, 8, 16)
    const [first, second, third] = sharesOf(layers, Float64Array.of(2, 5, -2))
    expect(second).toBe(0)
    expect(first * third).not.toBe(0)
  })
})

describe('a model file', () => {
  const parts = partsOf(randomLayers([3, 5, 1], 1))
  it('reads back to the same scores', () => {
    const file = fileOf(parts)
    const read = buildModel(ModelFile.parse(JSON.parse(JSON.stringify(file))), 'hash')
    expect(read.score(Float64Array.of(1, 2, 3))).toBe(buildModel(file, 'hash').score(Float64Array.of(1, 2, 3)))
    expect(read.kind).toBe('network')
  })

  const [first, last] = parts.network.layers
  test.each([
    [
      'a feature too many',
      { ...parts, features: [...parts.features, parts.features[0]] },
      /layers\.0: takes 3 values, but there are 4/,
    ],
    [
      'layers that do not follow',
      withLayers({ ...first, outputs: 4 }, last),
      /layers\.0\.kernel: 60 bytes, 12 float32 need 48/,
    ],
    ['a last layer of five', withLayers(first), /the last one has 5 outputs instead of one/],
    [
      'a weight that is infinite',
      withLayers(first, { ...last, bias: 'AACAfw==' }),
      /layers\.1\.bias: holds a value that is not finite/,
    ],
  ])('with %s is refused', (_, wrong, says) => {
    expect(() => network(wrong)).toThrow(says)
  })

  it('refuses what is no base64', () => {
    expect(ModelFile.safeParse(fileOf(withLayers({ ...first, bias: '%%%%' }, last))).success).toBe(false)
  })

  function withLayers(...layers: NetworkParts['network']['layers']): NetworkParts {
    return { ...parts, network: { layers } }
  }
})

function fileOf(parts: NetworkParts): NetworkFile {
  return {
    formatVersion: 1,
    kind: 'network',
    profile: 'tiny',
    label: 'none',
    ...parts,
    peers: { rows: {}, enterprisesMin: 30 },
    bandEdges: [0.2, 0.5],
    training: { from: '', to: '', rows: 0, positives: 0, seed: 0, dataHash: '', command: '', metrics: {} },
  }
}
