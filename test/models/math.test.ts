import { describe, expect, it } from 'vitest'
import * as math from '../../models/math.ts'
import { seeded } from './random.ts'

const tolerance = 1e-14

function relative(actual: number, reference: number): number {
  return actual === reference ? 0 : Math.abs(actual - reference) / Math.abs(reference)
}

function worst(draw: (random: () => number) => number, check: (x: number) => number): number {
  const random = seeded(1)
  let most = 0
  for (let i = 0; i < 20_000; i++) most = Math.max(most, check(draw(random)))
  return most
}

const wide = (random: () => number) => (random() - 0.5) * 1400
const positive = (random: () => number) => Math.exp(wide(random))
const aboveMinusOne = (random: () => number) => (random() - 0.4) * 10 ** (-12 * random())

describe('two at a time the bits are the same', () => {
  const odd = [0, -0, 1, -1, 5e-324, -5e-324, 709.9, -746, 1e308, -1e308, Number.NaN]
  const none = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  const length = 97
  it.each([
    ['exp', math.expOf, math.exp, wide],
    ['exp', math.expOf, math.exp, (r: () => number) => wide(r) / 100],
    ['ln1p', math.ln1pOf, math.ln1p, aboveMinusOne],
    ['ln1p', math.ln1pOf, math.ln1p, (r: () => number) => Math.exp(wide(r) / 2)],
  ] as const)('%s', (_, ofCode, alone, draw) => {
    const one = { inputs: 1, results: 1, locals: 0 }
    const lanes = math.columnKernel(length, { ...one, code: ({ input, result }) => result(0, ofCode(input(0))) })
    const [[inputs], [results]] = [lanes.inputs, lanes.results]
    const random = seeded(2)
    for (let round = 0; round < 500; round++) {
      const count = 1 + Math.floor(random() * length)
      const numbers = Array.from({ length: count }, () => draw(random))
      if (round % 5 === 0) numbers[Math.floor(random() * count)] = [...odd, ...none][round % 13]
      inputs.set(numbers)
      const isServed = numbers.every((x) => x >= -0.999 && x <= 700)
      expect(lanes.run(count) || !isServed).toBe(true)
      if (lanes.run(count)) expect([...results.subarray(0, count)]).toEqual(numbers.map(alone))
    }
  })
})

it('logarithms of many numbers are those of each, whatever they are', () => {
  const numbers = [3, -0.5, -1, -2, Number.NaN, Number.POSITIVE_INFINITY, 0.25]
  const lanes = math.ln1pLanes(numbers.length)
  lanes.inputs.set(numbers)
  lanes.run(numbers.length)
  expect([...lanes.results]).toEqual(numbers.map(math.ln1p))
})

describe('elementary functions agree with Math to 1e-14', () => {
  it.each([
    ['exp', wide, (x: number) => relative(math.exp(x), Math.exp(x))],
    ['ln', positive, (x: number) => relative(math.ln(x), Math.log(x))],
    ['ln near 1', (r: () => number) => 1 + (r() - 0.5) * 1e-3, (x: number) => relative(math.ln(x), Math.log(x))],
    ['ln1p', aboveMinusOne, (x: number) => relative(math.ln1p(x), Math.log1p(x))],
    ['expm1', aboveMinusOne, (x: number) => relative(math.expm1(3 * x), Math.expm1(3 * x))],
    ['pow2', wide, (x: number) => relative(math.pow2(x), 2 ** x)],
    ['logistic', (r: () => number) => wide(r) / 20, (x: number) => relative(math.logistic(x), 1 / (1 + Math.exp(-x)))],
  ] as const)('%s', (_, draw, check) => {
    expect(worst(draw, check)).toBeLessThan(tolerance)
  })

  it('sine and cosine of turns', () => {
    const turns = (random: () => number) => (random() - 0.5) * 4
    expect(worst(turns, (t) => Math.abs(math.sin2pi(t) - Math.sin(2 * Math.PI * t)))).toBeLessThan(tolerance)
    expect(worst(turns, (t) => Math.abs(math.cos2pi(t) - Math.cos(2 * Math.PI * t)))).toBeLessThan(tolerance)
    expect([0, 0.25, 0.5, 0.75, 1].map((t) => math.cos2pi(t) + 0)).toEqual([1, 0, -1, 0, 1])
    expect([0, 0.25, 0.5, 0.75, 1].map((t) => math.sin2pi(t) + 0)).toEqual([0, 1, 0, -1, 0])
  })
})

describe('edges', () => {
  it('over- and underflows as IEEE 754 does', () => {
    expect([710, -746, -745, -Infinity, Infinity].map(math.exp)).toEqual([Infinity, 0, 5e-324, 0, Infinity])
    expect([1024, 1023, -1074, -1080].map(math.pow2)).toEqual([Infinity, 2 ** 1023, 5e-324, 0])
    expect([0, 1, Infinity, Number.MAX_VALUE].map(math.ln)).toEqual([
      -Infinity,
      0,
      Infinity,
      Math.log(Number.MAX_VALUE),
    ])
    expect(math.ln(5e-324)).toBe(Math.log(5e-324))
    expect([math.ln(-1), math.ln(Number.NaN), math.exp(Number.NaN), math.ln1p(-1.5)]).toEqual(Array(4).fill(Number.NaN))
    expect([math.logistic(-800), math.logistic(800)]).toEqual([0, 1])
  })

  it('exp and ln undo each other at powers of two, exactly where they can', () => {
    for (let k = -1074; k < 1024; k++) expect(relative(math.ln(2 ** k), k * Math.LN2)).toBeLessThan(tolerance)
  })
})

describe('gamma functions', () => {
  it('gives factorials and halves', () => {
    let factorial = 1
    for (let n = 1; n <= 170; n++) {
      factorial *= n
      expect(Math.abs(math.lnFactorial(n) - Math.log(factorial))).toBeLessThan(1e-14 * Math.max(1, Math.log(factorial)))
    }
    expect(math.lnGamma(0.5)).toBeCloseTo(Math.log(Math.PI) / 2, 14)
    expect(math.lnBeta(2, 3)).toBeCloseTo(Math.log(1 / 12), 13)
    expect(math.lnGamma(0)).toBeNaN()
  })
})
