/** Training rows for tests of training. */
import { type Dataset, sliceOf } from '../../models/learn/dataset.ts'
import type { NetworkData } from '../../models/learn/network.ts'
import { Random } from '../../src/simulate/random.ts'

const rowsPerTick = 50

/** Three columns around other means; rows are risky where a and b lie on the same side of their means, c tells nothing. */
export function curvedRows(rows: number, seed: number): Dataset {
  const random = new Random(seed, 'curved-rows')
  const values = new Float64Array(rows * 3)
  const labels = new Uint8Array(rows)
  for (let row = 0; row < rows; row++) {
    const [a, b, c] = [random.normal(), random.normal(), random.normal()]
    values.set([10 + 3 * a, 0.2 * b - 1, c], row * 3)
    labels[row] = random.chance(1 / (1 + Math.exp(1 - 5 * a * b))) ? 1 : 0
  }
  const ticks = Int32Array.from(labels, (_, row) => Math.floor(row / rowsPerTick))
  const each = (text: string): string[] => Array<string>(rows).fill(text)
  return {
    names: ['a', 'b', 'c'],
    values,
    labels,
    ticks,
    ids: Array.from(labels, (_, row) => `e${row}`),
    regions: each(''),
    industries: each(''),
    grades: each(''),
  }
}

/** The last `validationRows` rows judge; whole ticks, where it is a multiple of 50. */
export function splitRows(data: Dataset, validationRows: number): Required<NetworkData> {
  const rows = data.labels.length
  return { fit: sliceOf(data, 0, rows - validationRows), validation: sliceOf(data, rows - validationRows, rows) }
}

/** What a child process trains with, and the test that waits for it. */
export const childSettings = { seed: 5, epochs: 2, dropout: 0.1 }
