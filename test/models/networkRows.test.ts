/** What is refused before a network is trained, and how rows are standardised. */
import { expect, it, test } from 'vitest'
import type { Dataset } from '../../models/learn/dataset.ts'
import { prepareRows } from '../../models/learn/networkRows.ts'
import { networkSettings } from '../../models/learn/networkSettings.ts'
import { curvedRows, splitRows } from '../training/rows.ts'

const { fit, validation } = splitRows(curvedRows(400, 1), 100)

const columnOf = (data: Dataset, column: number, valueAt: (row: number, value: number) => number): Dataset => ({
  ...data,
  values: data.values.map((value, at) => (at % 3 === column ? valueAt(Math.floor(at / 3), value) : value)),
})
const labelled = (data: Dataset, label: number): Dataset => ({ ...data, labels: data.labels.map(() => label) })
const firstRow = (value: number) => (row: number, own: number) => (row === 0 ? value : own)

test.each<[string, Dataset, string]>([
  ['10 rows', curvedRows(10, 1), 'rows: 10 are too few to learn from'],
  ['no positive row', labelled(fit, 0), 'labels: 0 of 300 rows are positive'],
  ['no negative row', labelled(fit, 1), 'labels: 0 of 300 rows are negative'],
  ['an empty column', columnOf(fit, 1, () => Number.NaN), 'features: b has no value in any row'],
  ['a missing value', columnOf(fit, 1, firstRow(Number.NaN)), 'features: b has no value in 1 of 300 rows'],
  ['infinity', columnOf(fit, 0, firstRow(-1 / 0)), 'features: a is infinite in 1 of 300 rows'],
  ['constants only', { ...fit, values: fit.values.map((_, at) => at % 3) }, 'features: every one is the same'],
  ['half a row', { ...fit, values: fit.values.subarray(1) }, 'rows: 300 labels, 300 ticks, 300 ids, 899 values'],
  ['rows out of order', { ...fit, ticks: fit.ticks.map((tick) => -tick) }, 'rows: row 50 is of an earlier tick'],
])('%s: nothing can be learnt from', (_, wrong, says) => {
  expect(() => prepareRows(wrong, validation)).toThrow(says)
})

test.each<[string, Dataset, string]>([
  ['no positive row', labelled(validation, 0), '0 of 100 are positive, none can tell when to stop; widen'],
  ['no negative row', labelled(validation, 1), '100 of 100 are positive, none can tell when to stop; widen'],
  ['no row', splitRows(fit, 0).validation, '0 of 0 are positive'],
  ['other columns', { ...validation, names: ['a', 'c', 'b'] }, 'their columns are a, c, b instead of a, b, c'],
  ['a column less', { ...validation, names: ['a', 'b'] }, 'their columns are a, b instead of a, b, c'],
  [
    'a tick that is learnt from',
    { ...validation, ticks: validation.ticks.map((tick) => tick - 1) },
    'tick 5 is learnt',
  ],
  ['a missing value', columnOf(validation, 1, firstRow(Number.NaN)), 'b is NaN in row 0, while the rows before'],
  ['infinity', columnOf(validation, 1, firstRow(1 / 0)), 'b is Infinity in row 0, while the rows before'],
  ['more than float32 holds', columnOf(validation, 2, firstRow(1e39)), 'c is 1e+39 in row 0, while the rows before'],
])('validation rows with %s are refused', (_, wrong, says) => {
  expect(() => prepareRows(fit, wrong)).toThrow(/^validation rows: /)
  expect(() => prepareRows(fit, wrong)).toThrow(says)
})

it('standardises by the rows that are learnt from alone', () => {
  const { fit: own, validation: later, features } = prepareRows(fit, validation)
  for (const column of [0, 1, 2]) {
    const values = own.values.filter((_, at) => at % 3 === column)
    expect(values.reduce((sum, value) => sum + value, 0) / values.length).toBeCloseTo(0, 5)
    expect(values.reduce((sum, value) => sum + value * value, 0) / values.length).toBeCloseTo(1, 5)
  }
  const [, { mean, deviation }] = features
  expect(later?.values[4]).toBe(Math.fround((validation.values[4] - mean) / deviation))
  expect([...(later?.labels ?? [])]).toEqual([...validation.labels])
  expect(prepareRows(fit).validation).toBeUndefined()
})

it('takes values beyond float32 that differ, as they are standardised in float64', () => {
  const far = prepareRows(columnOf(fit, 0, (_, value) => value * 2 ** 140)).fit.values
  for (const [at, value] of prepareRows(fit).fit.values.entries()) expect(far[at]).toBeCloseTo(value, 5)
})

it('leaves out a column that varies only later, also there', () => {
  const {
    fit: own,
    validation: later,
    features,
    notes,
  } = prepareRows(
    columnOf(fit, 1, () => 0.1),
    validation,
  )
  expect(features.map(({ name }) => name)).toEqual(['a', 'c'])
  expect([own.values.length, later?.values.length]).toEqual([600, 200])
  expect(notes).toEqual(['b is 0.1 in all rows and was left out'])
})

it('names every setting that is out of range', () => {
  expect(() => networkSettings({ seed: 1.5, dropout: 1, hidden: [0] })).toThrow(/setting seed: /)
  expect(() => networkSettings({ seed: 1.5, dropout: 1, hidden: [0] })).toThrow(/setting hidden\.0: .*; /)
  expect(() => networkSettings({ seed: 1.5, dropout: 1, hidden: [0] })).toThrow(/setting dropout: /)
  expect(networkSettings({ seed: 1 })).toMatchObject({ seed: 1, hidden: [32], patience: 5 })
})
