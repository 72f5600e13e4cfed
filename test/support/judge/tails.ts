/** Chances of a count, by adding up the distribution term by term. Part of the judge's oracle. */

type Of = { mean: number; variance: number }

/** P(Y = 0) .. P(Y = y), Y negative binomial with this mean and variance; Poisson where they are equal. */
export function chancesTo(y: number, of: Of): number[] {
  const { ln, lnStep } = terms(of)
  let lnTerm = ln(0)
  return Array.from({ length: y + 1 }, (_, k) => {
    if (k > 0) lnTerm += lnStep(k)
    return Math.exp(lnTerm)
  })
}

/** P(Y >= y). */
export function chanceOfAtLeast(y: number, of: Of): number {
  if (y <= 0) return 1
  const { ln, lnStep } = terms(of)
  let lnTerm = ln(y)
  let sum = 0
  for (let k = y; ; k++) {
    const term = Math.exp(lnTerm)
    sum += term
    if (k > of.mean && term < 1e-17 * sum) return Math.min(1, sum)
    if (sum === 0 && k > 1e6) return 0
    lnTerm += lnStep(k + 1)
  }
}

/** ln P(Y = y), and ln P(Y = k) - ln P(Y = k - 1). */
function terms({ mean, variance }: Of): { ln: (y: number) => number; lnStep: (k: number) => number } {
  const isPoisson = variance - mean < 1e-12 * mean
  const size = isPoisson ? Number.POSITIVE_INFINITY : mean ** 2 / (variance - mean)
  const lnStep = (k: number): number =>
    isPoisson ? Math.log(mean / k) : Math.log(((size + k - 1) / (size + mean)) * (mean / k))
  const ln = (y: number): number => {
    let sum = isPoisson ? -mean : -size * Math.log1p(mean / size)
    for (let k = 1; k <= y; k++) sum += lnStep(k)
    return sum
  }
  return { ln, lnStep }
}
