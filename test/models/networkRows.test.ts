/** What is refused before a network is trained, and how rows are cut and standardised. */
import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import type { Dataset } from '../../models/learn/dataset.ts'
import { prepareRows } from '../../models/learn/networkRows.ts'
import { networkSettings } from '../../models/learn/networkSettings.ts'
import { curvedRows } from '../training/rows.ts'

const data = curvedRows(400, 1) // 8 ticks of 50 rows
const columnOf = (column: number, valueAt: (row: number, value: number) => number): Dataset => ({
  ...data,
  values: data.values.map((value, at) => (at % 3 === column ? valueAt(Math.floor(at / 3), value) : value)),
})
const labelled = (labelAt: (row: number) => number): Dataset => ({
  ...data,
  labels: data.labels.map((_, row) => labelAt(row)),
})

describe('rows that nothing can be learnt from are refused', () => {
  test.each([
    ['10 rows', curvedRows(10, 1), '10 rows are too few to train a network; take a longer period, at least 100 rows'],
    ['no positive row', labelled(() => 0), 'all 350 rows of the training slice have the label 0; take a longer period'],
    ['no negative row', labelled(() => 1), 'all 350 rows of the training slice have the label 1; take a longer period'],
    [
      'one class at the end',
      labelled((row) => (row < 350 ? row % 2 : 0)),
      'all 50 rows of the validation slice have the label 0',
    ],
    ['an empty column', columnOf(1, () => Number.NaN), 'column b has no value in any row; leave it out'],
    [
      'a missing value',
      columnOf(1, (row, value) => (row === 7 ? Number.NaN : value)),
      'column b has no value in 1 of 400 rows; fill',
    ],
    [
      'infinity',
      columnOf(0, (row, value) => (row === 7 ? -1 / 0 : value)),
      'column a is infinite or beyond float32 in 1 of 400 rows',
    ],
    ['a value beyond float32', columnOf(0, () => 1e39), 'column a is infinite or beyond float32 in 400 of 400 rows'],
    [
      'constants only',
      { ...data, values: data.values.map((_, at) => at % 3) },
      'every column is constant in the training slice',
    ],
    ['one tick', { ...data, ticks: data.ticks.map(() => 5) }, 'all rows are of one tick, none is left for validation'],
    [
      'rows out of order',
      { ...data, ticks: data.ticks.map((tick) => -tick) },
      'row 50 is older than the one before; sort',
    ],
    ['half a row', { ...data, values: data.values.subarray(1) }, '1199 values are not 400 rows of 3 columns'],
  ])('%s', (_, wrong, says) => {
    expect(() => prepareRows(wrong, 0.15)).toThrow(says)
  })
})

it('keeps whole ticks for validation, the last ones', () => {
  fc.assert(
    fc.property(fc.double({ min: 0.01, max: 0.5, noNaN: true }), (share) => {
      const { train, validation } = prepareRows(data, share)
      const ticks = Math.max(1, Math.round(8 * share))
      expect([train.rows, validation.rows]).toEqual([400 - 50 * ticks, 50 * ticks])
      expect([...train.labels, ...validation.labels]).toEqual([...data.labels])
    }),
  )
  expect(prepareRows(data, 0).validation.rows).toBe(0)
})

it('standardises by the training slice alone', () => {
  const { train, validation, means, deviations } = prepareRows(data, 0.25)
  for (const column of [0, 1, 2]) {
    const own = train.values.filter((_, at) => at % 3 === column)
    expect(own.reduce((sum, value) => sum + value, 0) / own.length).toBeCloseTo(0, 5)
    expect(own.reduce((sum, value) => sum + value * value, 0) / own.length).toBeCloseTo(1, 5)
  }
  expect(validation.values[4]).toBe(Math.fround((data.values[300 * 3 + 4] - means[1]) / deviations[1]))
})

it('takes a column that varies only later as constant, also there', () => {
  const { validation, constantColumns } = prepareRows(
    columnOf(2, (row) => (row < 350 ? 0.1 : row)),
    0.15,
  )
  expect(constantColumns).toEqual([2])
  expect(validation.values.filter((_, at) => at % 3 === 2).every((value) => value === 0)).toBe(true)
})

it('names every setting that is out of range', () => {
  expect(() => networkSettings({ seed: 1.5, dropout: 1, hidden: [0] })).toThrow(
    /setting seed: .*; setting hidden\.0: .*; setting dropout: /,
  )
  expect(networkSettings({ seed: 1 })).toMatchObject({ hidden: [32], patience: 5 })
})
