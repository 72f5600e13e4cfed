/** The counts of a tick from its events, one by one. Part of the judge's oracle. */
import type { Role, SourceFact } from './beginnings.ts'
import type { Cells } from './cells.ts'
import type { Sum, Sums } from './judgeOracle.ts'

/** A kept event, where it counts; `enterprise` is absent for one of a place alone. `counts`: it is fresh, and its type is judged. */
export type CountedFact = SourceFact & {
  id: string
  enterprise: string | undefined
  industry: string
  type: string
  counts: boolean
}

export type RoleOf = (fact: SourceFact) => Role

export class FactCounts {
  readonly #cells: Cells
  #facts: readonly CountedFact[] = []
  readonly #heard = new Set<string>()

  constructor(cells: Cells) {
    this.#cells = cells
  }

  /** What a beat brings, less what it takes back of the open tick. */
  add(come: readonly CountedFact[], gone: readonly CountedFact[]): void {
    const takenBack = new Set(gone.map(({ id }) => id))
    this.#facts = [...this.#facts, ...come].filter(({ id }) => !takenBack.has(id))
    for (const { region, industry } of this.#counted)
      for (const cell of this.#cells.above(region, industry)) this.#heard.add(cell)
  }

  /** All kept events of the tick, those too that nobody judges. */
  get facts(): readonly CountedFact[] {
    return this.#facts
  }

  /** Every cell that had an event at the end of some beat of the tick. `roleOf`: what a fact is in the open tick. */
  sums(roleOf: RoleOf): Sums {
    const below = new Map([...this.#heard].map((cell): [string, CountedFact[]] => [cell, []]))
    for (const fact of this.#counted)
      for (const cell of this.#cells.above(fact.region, fact.industry)) below.get(cell)?.push(fact)
    return new Map([...below].map(([cell, facts]) => [cell, sumOf(facts, roleOf)]))
  }

  get #counted(): CountedFact[] {
    return this.#facts.filter(({ counts }) => counts)
  }

  clear(): void {
    this.#facts = []
    this.#heard.clear()
  }
}

function sumOf(facts: readonly CountedFact[], roleOf: RoleOf): Sum {
  const byEnterprise = new Map<string, number>()
  const byType: Record<string, number> = {}
  for (const { enterprise, type } of facts) {
    byType[type] = (byType[type] ?? 0) + 1
    if (enterprise !== undefined) byEnterprise.set(enterprise, (byEnterprise.get(enterprise) ?? 0) + 1)
  }
  const squares = [...byEnterprise.values()].reduce((sum, events) => sum + events ** 2, 0)
  const of = (role: Role): number => facts.filter((fact) => roleOf(fact) === role).length
  return {
    events: of('judged'),
    taught: of('taught'),
    backlog: of('backlog'),
    enterprises: byEnterprise.size,
    squares,
    byType,
  }
}
