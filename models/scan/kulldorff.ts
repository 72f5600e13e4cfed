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

/** The best set of a family by one look at it. */
export function bestSet(counts: ArrayLike<number>, family: Family, scoreMin = 0): ScanSet | undefined {
  return new FamilyScan(family).best(counts, scoreMin)
}

/** Looks through a family for any counts; what does not hang on them is worked out once. */
export class FamilyScan {
  readonly #family: Family
  /** Mean over variance: each count is divided by its dispersion, so that restless nodes do not drown calm ones. */
  readonly #weights: Float64Array
  readonly #usual: number
  readonly #top: Rising
  /** The largest of what single nodes bring. */
  readonly #most = new Float64Array(membersMax)

  constructor(family: Family) {
    const { means, variances } = family
    this.#family = family
    this.#weights = means.map((mean, at) => mean / variances[at])
    this.#usual = this.#weights.reduce((sum, weight, at) => sum + weight * means[at], 0)
    this.#top = new Rising(means)
  }

  /**
   * The best set of two to four nodes; undefined where none scores more than `scoreMin`. The best set of a size is a prefix of its zone by falling ratio
   * (Neill 2012, "Fast subset scan for spatial pattern detection"), so all of them are found in n log n.
   */
  best(counts: ArrayLike<number>, scoreMin = 0): ScanSet | undefined {
    const { means, zones } = this.#family
    const [weights, top] = [this.#weights, this.#top]
    let total = 0
    for (let at = 0; at < weights.length; at++) total += weights[at] * counts[at]
    if (total <= 0) return undefined
    const scale = total / this.#usual // the parent's own rise
    if (this.#bound(counts, scale) <= scoreMin) return undefined
    let best: { members: number[]; score: number } | undefined
    for (const zone of zones) {
      top.clear()
      for (const at of zone) if (rises(counts[at], scale * means[at])) top.add(at, counts[at])
      if (top.places.length < 2) continue
      let [count, expected, ownMax] = [0, 0, 0]
      for (let rank = 0; rank < top.places.length; rank++) {
        const at = top.places[rank]
        const [own, ownExpected] = [weights[at] * counts[at], weights[at] * means[at] * scale]
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

  /**
   * What no set scores more than, 0 where there is no set: the sum of count ln(count / expected) over the four nodes that have most of it. That
   * of a set is at most the sum of its members' (the log sum inequality), and what the rest of the family adds is not above 0.
   */
  #bound(counts: ArrayLike<number>, scale: number): number {
    const { means } = this.#family
    const [weights, most] = [this.#weights, this.#most]
    let found = 0
    most.fill(0)
    for (let at = 0; at < means.length; at++) {
      const expected = scale * means[at]
      if (!rises(counts[at], expected)) continue
      found++
      let own = weights[at] * counts[at] * ln(counts[at] / expected)
      for (let rank = 0; rank < membersMax; rank++) {
        if (own <= most[rank]) continue
        const less = most[rank]
        most[rank] = own
        own = less
      }
    }
    return found < 2 ? 0 : (1 + roundingShare) * most.reduce((sum, own) => sum + own, 0)
  }
}

const rises = (count: number, expected: number): boolean => count >= memberCountMin && count > expected

/** More than rounding takes from a sum of a few numbers. */
const roundingShare = 1e-9

/** The `membersMax` places that rise most, by falling ratio of counts to expected ones, then by place: sorted as they come, since few are kept. */
class Rising {
  readonly places: number[] = []
  readonly #ratios: Float64Array
  readonly #means: Float64Array

  constructor(means: Float64Array) {
    this.#means = means
    this.#ratios = new Float64Array(means.length)
  }

  clear(): void {
    this.places.length = 0
  }

  add(place: number, count: number): void {
    const { places } = this
    const ratio = count / this.#means[place]
    this.#ratios[place] = ratio
    let rank = places.length
    while (rank > 0 && this.#isBefore(place, ratio, places[rank - 1])) rank--
    if (rank === membersMax) return
    if (places.length < membersMax) places.push(place)
    places.copyWithin(rank + 1, rank)
    places[rank] = place
  }

  #isBefore(place: number, ratio: number, other: number): boolean {
    const otherRatio = this.#ratios[other]
    return ratio === otherRatio ? place < other : ratio > otherRatio
  }
}
