/** The chance of a count at least so large, by adding up the distribution term by term. Part of the judge's oracle. */

/** P(Y >= y), Y negative binomial with this mean and variance; Poisson where they are equal. */
export function chanceOfAtLeast(y: number, { mean, variance }: { mean: number; variance: number }): number {
  if (y <= 0) return 1
  const isPoisson = variance - mean < 1e-12 * mean
  const size = isPoisson ? Number.POSITIVE_INFINITY : mean ** 2 / (variance - mean)
  let lnTerm = isPoisson ? -mean : -size * Math.log1p(mean / size)
  /** ln P(Y = k) - ln P(Y = k - 1) */
  const lnStep = (k: number): number =>
    isPoisson ? Math.log(mean / k) : Math.log(((size + k - 1) / (size + mean)) * (mean / k))
  for (let k = 1; k <= y; k++) lnTerm += lnStep(k)
  let sum = 0
  for (let k = y; ; k++) {
    const term = Math.exp(lnTerm)
    sum += term
    if (k > mean && term < 1e-17 * sum) return Math.min(1, sum)
    if (sum === 0 && k > 1e6) return 0
    lnTerm += lnStep(k + 1)
  }
}
