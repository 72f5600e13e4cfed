/** Permutation importance: what a model stands on is lost when it is dealt anew, what it does not read costs nothing. */
import { expect, test } from 'vitest'
import { permutationImportance } from '../../models/quality/permutation.ts'
import { riskyRows } from '../support/rowsFolder.ts'

const { names, values, labels } = riskyRows(12_000)
const score = (rows: Float64Array): Float64Array =>
  Float64Array.from(
    { length: rows.length / 3 },
    (_, row) => 1 / (1 + Math.exp(1.5 * rows[row * 3] - rows[row * 3 + 1])),
  )
const higher = (rows: Float64Array): Float64Array => score(rows).map((one) => 1 - one)

test('the largest first, the same for one seed', () => {
  const found = permutationImportance({ names, values, labels }, higher, 1)
  expect(found.map(({ name }) => name)).toEqual(['b', 'a', 'c'])
  expect(found[1].value).toBeGreaterThan(0.01)
  expect(found[2].value).toBe(0)
  expect(permutationImportance({ names, values, labels }, higher, 1)).toEqual(found)
  expect(permutationImportance({ names, values, labels }, higher, 2)).not.toEqual(found)
})

test('a model that is wrong gets better without what it reads; rows that it refuses are left out', () => {
  const refusing = (rows: Float64Array): Float64Array =>
    score(rows).map((one, row) => (row % 5 === 0 ? Number.NaN : one))
  for (const { name, value } of permutationImportance({ names, values, labels }, refusing, 1))
    if (name !== 'c') expect(value).toBeLessThan(0)
})

test('nothing is told where all labels are the same', () => {
  expect(permutationImportance({ names, values, labels: new Uint8Array(12_000) }, score, 1)).toEqual([])
})
