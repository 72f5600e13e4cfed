/** The level of risk of a cell beside its siblings, out of sums of scored enterprises by grade (docs/science.md, "The level of risk of a cell"). */

/** By grade: scored enterprises, their log-odds in thousandths, their probabilities in millionths. Whole numbers, one entry a grade. */
export type GradeSums = {
  readonly enterprises: ArrayLike<number>
  readonly logOdds: ArrayLike<number>
  readonly probability: ArrayLike<number>
}

/** Where one cell stands. All finite, if it has one enterprise. */
export type RiskLevel = {
  /** Scored enterprises, > 0. */
  n: number
  /** A: mean log-odds. */
  meanLogOdds: number
  /** B: mean log-odds less what its grades would have at its siblings. */
  atSameGrades: number
  /** R: enterprises that will come to harm, by their probabilities. */
  risky: number
  /** E: the same, if each grade were as at its siblings. */
  expected: number
  /** Of R, sqrt(sum p (1 - p)), by the mean of each grade: an upper bound. */
  standardError: number
}

const thousand = 1_000
const million = 1_000_000

/** Levels of cells that are siblings, each against all the others. Of a grade that no sibling has, its own mean is expected. */
export function riskLevels(cells: readonly GradeSums[]): RiskLevel[] {
  const grades = Math.max(0, ...cells.map(({ enterprises }) => enterprises.length))
  const total = { enterprises: zeros(grades), logOdds: zeros(grades), probability: zeros(grades) }
  for (const cell of cells) {
    for (let grade = 0; grade < grades; grade++) {
      total.enterprises[grade] += cell.enterprises[grade]
      total.logOdds[grade] += cell.logOdds[grade]
      total.probability[grade] += cell.probability[grade]
    }
  }
  return cells.map((cell) => levelOf(cell, total))
}

function levelOf(own: GradeSums, total: GradeSums): RiskLevel {
  const sum = { n: 0, logOdds: 0, usualLogOdds: 0, risky: 0, expected: 0, variance: 0 }
  for (let grade = 0; grade < own.enterprises.length; grade++) {
    const n = own.enterprises[grade]
    if (n === 0) continue
    const others = total.enterprises[grade] - n
    const [logOdds, probability] = [own.logOdds[grade], own.probability[grade]]
    const risky = probability / million
    sum.n += n
    sum.logOdds += logOdds
    sum.usualLogOdds += others > 0 ? ((total.logOdds[grade] - logOdds) / others) * n : logOdds
    sum.risky += risky
    sum.expected += (others > 0 ? ((total.probability[grade] - probability) / others) * n : probability) / million
    sum.variance += risky * (1 - risky / n)
  }
  return {
    n: sum.n,
    meanLogOdds: sum.logOdds / thousand / sum.n,
    atSameGrades: (sum.logOdds - sum.usualLogOdds) / thousand / sum.n,
    risky: sum.risky,
    expected: sum.expected,
    standardError: Math.sqrt(Math.max(0, sum.variance)),
  }
}

export const zeros = (length: number): number[] => new Array<number>(length).fill(0)
