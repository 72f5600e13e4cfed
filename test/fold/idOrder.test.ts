import fc from 'fast-check'
import { expect, it } from 'vitest'
import { inOrderOfId } from '../../src/enterprise/rows/idOrder.ts'
import { EnterpriseIds } from '../../src/enterprise/rows/ids.ts'
import { atOnce } from '../../src/slices.ts'

const inOrder = (texts: readonly string[]): string[] => {
  const ids = new EnterpriseIds([1, 2])
  const rows = texts.map((text) => ids.findOrAdd(text))
  return Array.from(atOnce(inOrderOfId(ids, rows)), (row) => ids.idOf(row))
}
const byBytes = (texts: readonly string[]): string[] =>
  [...texts].sort((a, b) => Buffer.compare(Buffer.from(a, 'latin1'), Buffer.from(b, 'latin1')))

it('rows lie in the order of the bytes of their ids, a beginning before what it begins', () => {
  expect(inOrder([])).toEqual([])
  expect(inOrder(['b', 'ab', 'a', 'abc', 'a\0', ''])).toEqual(['', 'a', 'a\0', 'ab', 'abc', 'b'])
  const text = fc.string({ unit: fc.constantFrom('\0', '0', 'A', 'Z', 'é', 'ÿ'), maxLength: 12 })
  fc.assert(
    fc.property(fc.uniqueArray(text, { maxLength: 60 }), (texts) => {
      expect(inOrder(texts)).toEqual(byBytes(texts))
    }),
    { seed: 20_261_201 },
  )
})

it('many rows too', () => {
  const texts = Array.from({ length: 3_000 }, (_, at) => `91${(at * 7_919) % 3_000}`)
  expect(inOrder(texts)).toEqual(byBytes(texts))
})
