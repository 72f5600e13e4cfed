/**
 * The level of risk of a cell once more, as plainly as it can be: rows of enterprises in, every sibling looked at for every cell, nothing shared
 * with models/level. Slow, and easy to believe.
 */

/** An enterprise of a cell: grade and probability. */
export type Scored = { grade: number; probability: number }

export type PlainLevel = { a: number; b: number; risky: number; expected: number; standardError: number }

const mean = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0) / values.length
const thousandths = (p: number): number => Math.round(1000 * Math.log(p / (1 - p)))
const millionths = (l: number): number => Math.round(1e6 / (1 + Math.exp(-l / 1000)))

/** Of one cell against the others, from its enterprises. */
export function plainLevel(cells: readonly (readonly Scored[])[], at: number): PlainLevel {
  const others = cells.filter((_, other) => other !== at).flat()
  const own = cells[at].map(({ grade, probability }) => {
    const l = thousandths(probability)
    const alike = (rows: readonly Scored[]): number[] =>
      rows.filter((row) => row.grade === grade).map((row) => thousandths(row.probability))
    const siblings = alike(others)
    const usual = siblings.length > 0 ? siblings : alike(cells[at])
    const mates = alike(cells[at]).map((one) => millionths(one) / 1e6)
    return {
      l: l / 1000,
      usualL: mean(usual) / 1000,
      p: millionths(l) / 1e6,
      usualP: mean(usual.map(millionths)) / 1e6,
      variance: mean(mates) * (1 - mean(mates)),
    }
  })
  return {
    a: mean(own.map(({ l }) => l)),
    b: mean(own.map(({ l, usualL }) => l - usualL)),
    risky: own.reduce((sum, { p }) => sum + p, 0),
    expected: own.reduce((sum, { usualP }) => sum + usualP, 0),
    standardError: Math.sqrt(own.reduce((sum, { variance }) => sum + variance, 0)),
  }
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  const rank = (sorted.length - 1) * share
  const [low, high] = [sorted[Math.floor(rank)], sorted[Math.ceil(rank)]]
  return low + (rank - Math.floor(rank)) * (high - low)
}

export type PlainCell = { value: number; n: number; variance: number; sum: number }

/** One tick of the cumulative sum of one cell. */
export function plainCusum(cells: readonly PlainCell[], at: number, k: number): { variance: number; sum: number } {
  const others = cells.filter((_, other) => other !== at)
  const excess = (which: number): number => {
    const rest = cells.filter((_, other) => other !== which)
    const values = rest.map(({ value }) => value)
    const [low, high] = [quantile(values, 0.2), quantile(values, 0.8)]
    const common =
      rest.reduce((sum, { value, n }) => sum + n * Math.min(high, Math.max(low, value)), 0) /
      rest.reduce((sum, { n }) => sum + n, 0)
    return (cells[which].value - common) * Math.sqrt(cells[which].n)
  }
  const e = excess(at)
  const { variance, sum } = cells[at]
  const siblings = quantile(
    others.map((one) => one.variance),
    0.5,
  )
  const s = Math.sqrt((variance + siblings) / 2)
  const z = s > 0 ? Math.min(e / s, 4) : 0
  const squares = cells.map((_, which) => excess(which) ** 2)
  const start = siblings > 0 ? siblings : quantile(squares, 0.5) / 0.454936
  const learnt = 0.95 * variance + 0.05 * Math.min(Math.abs(e), 3 * Math.sqrt(variance)) ** 2
  return { variance: variance > 0 ? learnt : start, sum: s > 0 ? Math.max(0, sum + z - k) : sum }
}
