/**
 * How likely so high a score is by chance: every family is drawn again and again, each count negative binomial about what was
 * usual, and the best score of all families is kept (Dwass 1957). Few replicates suffice, since the greatest of many scores is near a Gumbel
 * distribution (Abrams, Kulldorff & Kleinman 2010, "Gumbel based p-value approximations for spatial scan statistics").
 */
import { exp, ln } from '../math.ts'
import { type Family, FamilyScan } from './kulldorff.ts'

/** Uniform numbers in [0, 1). */
export type Draws = { next(): number }

/** Where the greatest score of a quiet window lies. */
export type NullScores = { readonly location: number; readonly scale: number }

const eulerGamma = 0.5772156649015329
const rootOfSixByPi = 0.7796968012336761
/** Above it a count is drawn as a rounded normal number about a cubed one (Wilson & Hilferty 1931). */
const directMeanMax = 60

/** So many replicates that reach a score, and as large a share of those drawn, say that it is chance: the others are not drawn. */
const [reachedMin, reachedShare] = [4, 1 / 3]

/**
 * Where the greatest score of a quiet window lies; undefined where `score` is so ordinary that the first replicates tell (sequential Monte
 * Carlo, Besag & Clifford 1991): its p is near a third or above. One of .1 is given up so in 3 windows of 100, one of .05 in 2 of 1,000.
 *
 * @param replicates At least 10.
 */
export function nullScores(
  families: readonly Family[],
  { replicates, draws, score }: { replicates: number; draws: Draws; score: number },
): NullScores | undefined {
  const looks = families.map((family) => ({ sampler: new NegativeBinomials(family), scan: new FamilyScan(family) }))
  const scores: number[] = []
  let reached = 0
  for (let replicate = 0; replicate < replicates; replicate++) {
    let most = 0
    for (const { sampler, scan } of looks) most = scan.best(sampler.draw(draws), most)?.score ?? most
    scores.push(most)
    if (most >= score) reached++
    if (reached >= reachedMin && reached >= reachedShare * scores.length) return undefined
  }
  const mean = scores.reduce((sum, score) => sum + score, 0) / replicates
  const squares = scores.reduce((sum, score) => sum + (score - mean) * (score - mean), 0)
  const scale = Math.max(1e-9, rootOfSixByPi * Math.sqrt(squares / (replicates - 1)))
  return { location: mean - eulerGamma * scale, scale }
}

/** P(the greatest score of a quiet window is as high or higher). */
export function pOf(score: number, { location, scale }: NullScores): number {
  const tail = exp(-(score - location) / scale)
  return tail < 1e-8 ? tail : 1 - exp(-tail)
}

/** Counts of a family; what does not change from draw to draw is worked out once. */
class NegativeBinomials {
  readonly #family: Family
  readonly #counts: Float64Array
  /** P(0), and the odds of the next: p(k + 1) / p(k) = (k + size) / (k + 1) * odds. */
  readonly #none: Float64Array
  readonly #size: Float64Array
  readonly #odds: Float64Array

  constructor(family: Family) {
    const { means, variances } = family
    this.#family = family
    this.#counts = new Float64Array(means.length)
    this.#size = means.map((mean, node) => (mean * mean) / Math.max(variances[node] - mean, 1e-9 * mean))
    this.#odds = means.map((mean, node) => mean / (this.#size[node] + mean))
    this.#none = means.map((_, node) => exp(this.#size[node] * ln(1 - this.#odds[node])))
  }

  /** They hold until the next draw. */
  draw(draws: Draws): Float64Array {
    const { means, variances } = this.#family
    for (let node = 0; node < means.length; node++)
      this.#counts[node] =
        means[node] > directMeanMax ? rounded(means[node], variances[node], draws) : this.#drawn(node, draws)
    return this.#counts
  }

  #drawn(node: number, draws: Draws): number {
    const [size, odds] = [this.#size[node], this.#odds[node]]
    let left = draws.next()
    let count = 0
    for (let p = this.#none[node]; left >= p && p > 1e-300; count++) {
      left -= p
      p *= ((count + size) / (count + 1)) * odds
    }
    return count
  }
}

/** A gamma number with this mean and variance, nearly, rounded: its cube root is nearly normal. */
function rounded(mean: number, variance: number, draws: Draws): number {
  const shape = (mean * mean) / variance
  const root = 1 - 1 / (9 * shape) + normal(draws) / (3 * Math.sqrt(shape))
  return Math.max(0, Math.floor(mean * root * root * root + 0.5))
}

/** Standard normal (Marsaglia & Bray 1964). */
function normal(draws: Draws): number {
  for (;;) {
    const [x, y] = [2 * draws.next() - 1, 2 * draws.next() - 1]
    const square = x * x + y * y
    if (square > 0 && square < 1) return x * Math.sqrt((-2 * ln(square)) / square)
  }
}
