/** Evidence of nodes by what the open tick has counted so far: beat after beat asks it of the same nodes, and it is made anew when a count is another. */
import type { NodeSum } from '../nodeSums.ts'
import type { CountEvidence } from './countEvidence.ts'
import type { NodeCounts } from './nodeCounts.ts'
import type { Judged } from './statistic.ts'

/** Evidence of a node, and the counts that it is made of. */
type SoFar = { sum: NodeSum; groups: readonly number[]; withheld: number; one: Judged<CountEvidence> | undefined }

export class JudgedSoFar {
  readonly #groups: number
  readonly #byNode = new Map<number, SoFar>()

  constructor(groups: number) {
    this.#groups = groups
  }

  /** What was judged by these counts, or is by `judge` now; undefined of a node that is not judged. */
  of(
    node: number,
    counts: NodeCounts,
    judge: () => Judged<CountEvidence> | undefined,
  ): Judged<CountEvidence> | undefined {
    const known = this.#byNode.get(node)
    if (known !== undefined && isOf(known, counts)) return known.one
    const { sum, groupEvents, withheld } = counts
    const groups = Array.from({ length: this.#groups }, (_, group) => groupEvents(group))
    const one = judge()
    this.#byNode.set(node, { sum, groups, withheld, one })
    return one
  }

  clear(): void {
    this.#byNode.clear()
  }
}

/** Whether evidence is made of these counts. */
function isOf({ sum, groups, withheld }: SoFar, counts: NodeCounts): boolean {
  return (
    withheld === counts.withheld &&
    sum.events === counts.sum.events &&
    sum.enterprises === counts.sum.enterprises &&
    sum.squares === counts.sum.squares &&
    groups.every((events, group) => events === counts.groupEvents(group))
  )
}
