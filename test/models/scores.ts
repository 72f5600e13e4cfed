/** Random scores with ties, labels that follow them, and groups: rows for tests of quality. */
import { seeded } from './random.ts'

export type Rows = {
  scores: Float64Array
  labels: Uint8Array
  /** Scores of a model that knows less. */
  weaker: Float64Array
  ticks: Int32Array
  regions: string[]
  industries: string[]
  grades: string[]
}

export function someRows(size: number, seed: number): Rows {
  const random = seeded(seed)
  const pickOne = (codes: readonly string[]): string => codes[Math.floor(random() * codes.length)]
  const rows: Rows = {
    scores: new Float64Array(size),
    labels: new Uint8Array(size),
    weaker: new Float64Array(size),
    ticks: new Int32Array(size),
    regions: [],
    industries: [],
    grades: [],
  }
  for (let row = 0; row < size; row++) {
    const risk = random() * random() * 0.9 + 0.02
    rows.labels[row] = random() < risk ? 1 : 0
    rows.scores[row] = Math.round(risk * 50) / 50.5 + 0.005 // every value many times
    rows.weaker[row] = Math.min(0.99, Math.max(0.01, risk + (random() - 0.5) * 0.5))
    rows.ticks[row] = Math.floor((row * 120) / size)
    rows.regions.push(pickOne(['11', '31', '44', '51']))
    rows.industries.push(pickOne(['C', 'F', 'H']))
    rows.grades.push(risk > 0.4 ? 'D' : risk > 0.2 ? 'C' : risk > 0.1 ? 'B' : 'A')
    random() // a draw that nobody reads: the rows stay those that the figures below were taken from
  }
  return rows
}

export const monthOf = (tick: number): string => `2026-0${1 + Math.floor(tick / 30)}`
