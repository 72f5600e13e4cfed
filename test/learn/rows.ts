/** Made-up training rows whose truth is known. */
import type { Dataset } from '../../models/learn/dataset.ts'
import { logistic } from '../../models/math.ts'
import { seeded } from '../models/random.ts'

export type MadeRows = { rows: number; seed: number; names: readonly string[]; ticks?: number }

/** Standard normal values (by twelve uniforms), labels by the log-odds of each row; `ticks` ticks of as many rows each. */
export function madeRows({ rows, seed, names, ticks = 10 }: MadeRows, logOdds: (row: Float64Array) => number): Dataset {
  const random = seeded(seed)
  const values = Float64Array.from({ length: rows * names.length }, () => {
    let sum = -6
    for (let k = 0; k < 12; k++) sum += random()
    return sum
  })
  const labels = Uint8Array.from({ length: rows }, (_, row) => {
    const own = values.subarray(row * names.length, (row + 1) * names.length)
    return random() < logistic(logOdds(own)) ? 1 : 0
  })
  const ids = Array.from({ length: rows }, (_, row) => `e-${row}`)
  return {
    names,
    values,
    labels,
    ticks: Int32Array.from({ length: rows }, (_, row) => Math.floor((row * ticks) / rows)),
    ids,
    regions: ids.map(() => 'R'),
    industries: ids.map(() => 'I'),
    grades: ids.map(() => 'none'),
  }
}
