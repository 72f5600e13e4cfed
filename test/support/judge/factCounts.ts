/** The counts of a tick from its events, one by one. Part of the judge's oracle. */
import type { Role, SourceFact } from './beginnings.ts'
import type { Cells } from './cells.ts'
import type { Sum, Sums } from './judgeOracle.ts'

/** A kept event, where it lies; `enterprise` is absent for one of a place alone. `counts`: it is fresh, and its type is judged. */
export type CountedFact = SourceFact & {
  id: string
  isStale: boolean
  enterprise: string | undefined
  industry: string
  type: string
  counts: boolean
}

export type RoleOf = (fact: SourceFact) => Role

/** A fact with the cells in which it counts. */
type Placed = { fact: CountedFact; cells: readonly string[] }

export class FactCounts {
  readonly #cells: Cells
  #placed: readonly Placed[] = []
  readonly #heard = new Set<string>()

  constructor(cells: Cells) {
    this.#cells = cells
  }

  /** What a beat brings, less what it takes back of the open tick. */
  add(come: readonly CountedFact[], gone: readonly CountedFact[]): void {
    const takenBack = new Set(gone.map(({ id }) => id))
    const placed = come.map((fact): Placed => {
      return { fact, cells: this.#cells.above(fact.region, fact.industry) }
    })
    this.#placed = [...this.#placed, ...placed].filter(({ fact }) => !takenBack.has(fact.id))
    for (const { fact, cells } of placed)
      if (fact.counts && !takenBack.has(fact.id)) for (const cell of cells) this.#heard.add(cell)
  }

  /** All kept events of the tick, those too that nobody judges. */
  get facts(): readonly CountedFact[] {
    return this.#placed.map(({ fact }) => fact)
  }

  /** Every cell that had an event at the end of some beat of the tick. `roleOf`: what a fact is in the open tick. */
  sums(roleOf: RoleOf): Sums {
    const below = new Map([...this.#heard].map((cell): [string, Counted[]] => [cell, []]))
    for (const { fact, cells } of this.#placed) {
      const counted = { fact, role: roleOf(fact) }
      for (const cell of cells) below.get(cell)?.push(counted)
    }
    return new Map([...below].map(([cell, facts]) => [cell, sumOf(facts)]))
  }

  clear(): void {
    this.#placed = []
    this.#heard.clear()
  }
}

type Counted = { fact: CountedFact; role: Role }

function sumOf(facts: readonly Counted[]): Sum {
  const byEnterprise = new Map<string, number>()
  const byType: Record<string, number> = {}
  const byRole = { judged: 0, taught: 0, backlog: 0 }
  const bySource: Record<string, number> = {}
  let stale = 0
  for (const { fact, role } of facts) {
    const { enterprise, type, source, isStale, counts } = fact
    bySource[source] = (bySource[source] ?? 0) + 1
    if (isStale) stale++
    if (!counts) continue
    byRole[role]++
    byType[type] = (byType[type] ?? 0) + 1
    if (enterprise !== undefined) byEnterprise.set(enterprise, (byEnterprise.get(enterprise) ?? 0) + 1)
  }
  const squares = [...byEnterprise.values()].reduce((sum, events) => sum + events ** 2, 0)
  const { judged: events, taught, backlog } = byRole
  return { events, taught, backlog, enterprises: byEnterprise.size, squares, byType, bySource, stale }
}
