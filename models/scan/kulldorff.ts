/**
 * Kulldorff's scan statistic on families of nodes: among nodes that share a parent, is there a set in which the parent's events gather?
 * Conditional on the family's total, so that a rise of the whole parent is none. Sources: Kulldorff (1997), "A spatial scan statistic";
 * for families out of trees Kulldorff, Fang & Walsh (2003), "A tree-based scan statistic"; docs/science.md, section 8.
 */
import { ln } from '../math.ts'

/**
 * Nodes of one parent, by place in the arrays: what is usual of each. A set lies within one zone: places of nodes that are near each other.
 */
export type Family = {
  /** Expected counts of the window, > 0. */
  readonly means: Float64Array
  /** >= the mean: counts vary more than Poisson's do. */
  readonly variances: Float64Array
  readonly zones: readonly (readonly number[])[]
}

/** The set of a family that scores best; `members` by falling ratio of counts to expected ones, which are scaled to the family's total. */
export type ScanSet = { members: number[]; score: number; count: number; expected: number }

/** Fewer events of a node gather by chance, and say nothing that could be acted on. */
const memberCountMin = 3
/** Larger sets are their parent's matter, and so many of them are looked at that they hide the small ones. */
const membersMax = 4
/** What one member alone may have of the score: what one node shows is no cluster. */
const memberShareMax = 0.75

/**
 * ln of the likelihood ratio of a set with `count` of `total` events where `expected` of them were usual: count ln(count / expected) +
 * (total - count) ln((total - count) / (total - expected)), 0 unless count > expected. 0 < expected < total.
 */
export function logLikelihoodRatio(count: number, expected: number, total: number): number {
  if (!(count > expected)) return 0
  const rest = total - count
  return count * ln(count / expected) + (rest > 0 ? rest * ln(rest / (total - expected)) : 0)
}

/**
 * The best set of two to four nodes of one family; undefined where none scores more than `scoreMin`. Each count is divided by its dispersion (variance / mean),
 * so that restless nodes do not drown calm ones. The best set of a size is a prefix of its zone by falling ratio (Neill 2012, "Fast subset
 * scan for spatial pattern detection"), so all of them are found in n log n.
 */
export function bestSet(counts: ArrayLike<number>, family: Family, scoreMin = 0): ScanSet | undefined {
  const { means, variances, zones } = family
  let [total, usual] = [0, 0]
  for (let at = 0; at < means.length; at++) {
    const weight = means[at] / variances[at]
    total += weight * counts[at]
    usual += weight * means[at]
  }
  if (total <= 0) return undefined
  const scale = total / usual // the parent's own rise
  if (boundOf(counts, family, scale) <= scoreMin) return undefined
  let best: { members: number[]; score: number } | undefined
  const top = new Rising(counts, means)
  for (const zone of zones) {
    top.clear()
    for (const at of zone) if (rises(counts[at], scale * means[at])) top.add(at)
    if (top.places.length < 2) continue
    let [count, expected, ownMax] = [0, 0, 0]
    for (let rank = 0; rank < top.places.length; rank++) {
      const at = top.places[rank]
      const weight = means[at] / variances[at]
      const [own, ownExpected] = [weight * counts[at], weight * means[at] * scale]
      count += own
      expected += ownExpected
      ownMax = Math.max(ownMax, logLikelihoodRatio(own, ownExpected, total))
      const score = logLikelihoodRatio(count, expected, total)
      if (rank === 0 || score <= (best?.score ?? scoreMin) || ownMax > memberShareMax * score) continue
      best = { members: top.places.slice(0, rank + 1), score }
    }
  }
  if (best === undefined) return undefined
  const sum = (of: (at: number) => number): number => best.members.reduce((all, at) => all + of(at), 0)
  return { ...best, count: sum((at) => counts[at]), expected: sum((at) => scale * means[at]) }
}

const rises = (count: number, expected: number): boolean => count >= memberCountMin && count > expected

/**
 * What no set of a family scores more than, 0 where there is no set: the sum of count ln(count / expected) over the four nodes that have
 * most of it. That of a set is at most the sum of its members' (the log sum inequality), and what the rest of the family adds is not above 0.
 */
function boundOf(counts: ArrayLike<number>, { means, variances }: Family, scale: number): number {
  const most: number[] = []
  for (let at = 0; at < means.length; at++) {
    const expected = scale * means[at]
    if (!rises(counts[at], expected)) continue
    const own = (means[at] / variances[at]) * counts[at] * ln(counts[at] / expected)
    if (most.length < membersMax) most.push(own)
    else {
      const least = Math.min(...most)
      if (own > least) most[most.indexOf(least)] = own
    }
  }
  if (most.length < 2) return 0
  return (1 + roundingShare) * most.reduce((sum, own) => sum + own, 0)
}

/** More than rounding takes from a sum of a few numbers. */
const roundingShare = 1e-9

/** The `membersMax` places that rise most, by falling ratio of counts to expected ones, then by place: sorted as they come, since few are kept. */
class Rising {
  readonly places: number[] = []
  readonly #counts: ArrayLike<number>
  readonly #means: Float64Array

  constructor(counts: ArrayLike<number>, means: Float64Array) {
    this.#counts = counts
    this.#means = means
  }

  clear(): void {
    this.places.length = 0
  }

  add(place: number): void {
    const { places } = this
    const ratio = this.#ratio(place)
    let rank = places.length
    while (rank > 0 && this.#isBefore(place, ratio, places[rank - 1])) rank--
    if (rank === membersMax) return
    if (places.length < membersMax) places.push(place)
    places.copyWithin(rank + 1, rank)
    places[rank] = place
  }

  #isBefore(place: number, ratio: number, other: number): boolean {
    const otherRatio = this.#ratio(other)
    return ratio === otherRatio ? place < other : ratio > otherRatio
  }

  #ratio(place: number): number {
    return this.#counts[place] / this.#means[place]
  }
}
