/** Population stability: nothing moved, nothing found; constants and missing values; a shift is seen. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { psi, psiBin, psiOfCounts, psiReference, stabilityOf } from '../../models/quality/psi.ts'
import { PsiReference } from '../../models/risk/psiReference.ts'

const values = fc
  .array(fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double(), fc.constant(Number.NaN)), { minLength: 1 })
  .map((list) => Float64Array.from(list))

describe('the reference', () => {
  it('is 0 away from its own values, keeps its contract, and holds every row once', () => {
    fc.assert(
      fc.property(values, fc.integer({ min: 2, max: 40 }), (some, bins) => {
        const reference = PsiReference.parse(JSON.parse(JSON.stringify(psiReference(some, bins))))
        expect(psi(reference, some)).toBe(0)
        expect(reference.missing + reference.shares.reduce((a, b) => a + b)).toBeCloseTo(1, 12)
      }),
    )
  })

  it.each([Number.MAX_VALUE, -Number.MAX_VALUE, 0, 1e-300])(
    'of the constant %d has finite edges around it',
    (value) => {
      const reference = psiReference(Float64Array.of(value, value))
      expect(reference.edges.every(Number.isFinite)).toBe(true)
      expect(psi(reference, Float64Array.of(value))).toBe(0)
      expect(psi(reference, Float64Array.of(value / 2 + 1))).toBeGreaterThan(1)
    },
  )

  it('has bins of equal mass where values are distinct', () => {
    const ramp = Float64Array.from({ length: 1_000 }, (_, at) => at)
    const { edges, shares } = psiReference(ramp)
    expect(edges).toEqual([99.5, 199.5, 299.5, 399.5, 499.5, 599.5, 699.5, 799.5, 899.5])
    for (const share of shares) expect(share).toBeCloseTo(0.1, 12)
  })

  it('gives a value that most rows share a bin of its own', () => {
    const mostlyZero = Float64Array.from({ length: 1_000 }, (_, at) => (at < 900 ? 0 : at - 950))
    const { edges, shares } = psiReference(mostlyZero)
    expect(edges).toEqual([-0.5, 0.5])
    expect(shares).toEqual([0.05, 0.901, 0.049])
  })
})

it.each`
  was                         | is                       | meaning
  ${[5, 5, 5]}                | ${[5, 5, 5]}             | ${'stable'}
  ${[5, 5, 5]}                | ${[4, 4, 4]}             | ${'act'}
  ${[5, 5, 5]}                | ${[6, 6, 6]}             | ${'act'}
  ${[1, 2, 3, 4]}             | ${[Number.NaN, 2, 3, 4]} | ${'act'}
  ${[Number.NaN, Number.NaN]} | ${[1, 2]}                | ${'act'}
  ${[Number.NaN, Number.NaN]} | ${[Number.NaN]}          | ${'stable'}
  ${[0, 1, 0, 1, 0, 1, 0, 1]} | ${[0, 1]}                | ${'stable'}
`('from $was to $is: $meaning', ({ was, is, meaning }) => {
  expect(stabilityOf(psi(psiReference(Float64Array.from(was)), Float64Array.from(is)) ?? -1)).toBe(meaning)
})

it('is the published sum: two bins, .5/.5 to .8/.2', () => {
  const reference = { edges: [0], shares: [0.5, 0.5], missing: 0 }
  const expected = 0.3 * Math.log(0.8 / 0.5) + -0.3 * Math.log(0.2 / 0.5)
  expect(psiOfCounts(reference, [80, 20, 0])).toBeCloseTo(expected, 12)
  expect(psiBin(reference, -1)).toBe(0)
  expect(psiBin(reference, 0)).toBe(1)
})

it('no rows on either side: no index', () => {
  expect(psi(psiReference(Float64Array.of(1, 2)), new Float64Array())).toBeUndefined()
  expect(psi(psiReference(new Float64Array()), Float64Array.of(1))).toBeUndefined()
})
