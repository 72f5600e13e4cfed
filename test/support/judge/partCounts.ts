/** The counts of a tick as the parts of the enterprise tasks say them, by code, for markets too large to be counted event by event. */
import { type CellKeys, cellKeys } from '../../../src/cells.ts'
import type { CellPart } from '../../../streams/outputs.ts'
import type { Profile } from '../../../streams/profile.ts'
import { unknownCode } from '../../../streams/tree.ts'
import type { SourceFact } from './beginnings.ts'
import { type Cells, codesOf, keyOf } from './cells.ts'
import type { RoleOf } from './factCounts.ts'
import type { Beat, Sum, Sums } from './judgeOracle.ts'
import { nothing } from './sums.ts'

type Mutable = {
  events: number
  enterprises: number
  squares: number
  byType: Record<string, number>
}

export class PartCounts {
  readonly #profile: Profile
  readonly #keys: CellKeys
  readonly #cells: Cells
  readonly #sums = new Map<string, Mutable>()
  /** Of their events, those that are not judged. */
  readonly #withheld = new Map<string, { taught: number; backlog: number }>()
  /** Of their records, judged or not. */
  readonly #made = new Map<string, { bySource: Record<string, number>; stale: number }>()
  /** Facts by source and leaf, whether they are judged or not. */
  readonly #facts = new Map<string, { fact: SourceFact; count: number }>()

  constructor(profile: Profile, cells: Cells) {
    this.#profile = profile
    this.#keys = cellKeys(profile)
    this.#cells = cells
  }

  /** `roleOf`: what events of a source from a region are in the open tick. */
  add(parts: readonly CellPart[], roleOf: RoleOf): Pick<Beat, 'sums' | 'late'> {
    const keys = this.#keys
    const late: Beat['late'][number][] = []
    for (const part of parts) {
      for (const [at, key] of part.counts.keys.entries()) {
        const type = this.#judgedType(key)
        if (type === undefined) continue
        for (const cell of this.#above(keys.cellOf(keys.gradedOf(key)))) {
          const sum = this.#sumOf(cell)
          sum.events += part.counts.deltas[at]
          sum.byType[type] = (sum.byType[type] ?? 0) + part.counts.deltas[at]
        }
      }
      const { breadth, shared, unjudged = { keys: [], deltas: [] } } = part
      for (const [at, key] of part.counts.keys.entries()) {
        this.#note(key, part.counts.deltas[at])
        this.#makeUp(key, part.counts.deltas[at])
        this.#withhold(key, part.counts.deltas[at], roleOf)
      }
      for (const [at, key] of unjudged.keys.entries()) this.#withhold(key, -unjudged.deltas[at], roleOf)
      for (const [at, leaf] of breadth.keys.entries())
        for (const cell of this.#above(leaf)) this.#widen(cell, breadth.enterprises[at], breadth.squares[at])
      for (const [at, node] of shared.keys.entries()) {
        const cell = this.#codes(node)
        if (cell === '|' || this.#cells.axisOf(cell) !== undefined)
          this.#widen(cell, shared.enterprises[at], shared.squares[at])
      }
      for (const [at, key] of part.late.keys.entries()) {
        const type = this.#judgedType(key)
        if (type === undefined) continue
        const cells = this.#above(keys.cellOf(keys.gradedOf(key)))
        late.push({ tick: part.late.ticks[at], cells, type, events: -part.late.deltas[at] })
      }
    }
    return { sums: this.#shown(), late }
  }

  clear(): void {
    this.#sums.clear()
    this.#withheld.clear()
    this.#made.clear()
    this.#facts.clear()
  }

  /** All facts of the tick, one by one. */
  get facts(): SourceFact[] {
    return [...this.#facts.values()].flatMap(({ fact, count }) => Array.from({ length: count }, () => fact))
  }

  #shown(): Sums {
    return new Map(
      [...this.#sums].map(([cell, sum]): [string, Sum] => {
        const byType = Object.fromEntries(Object.entries(sum.byType).filter(([, events]) => events !== 0))
        const { taught, backlog } = this.#withheld.get(cell) ?? { taught: 0, backlog: 0 }
        const { bySource, stale } = this.#made.get(cell) ?? nothing
        return [cell, { ...sum, events: sum.events - taught - backlog, taught, backlog, byType, bySource, stale }]
      }),
    )
  }

  /** Source and region of a count by source. */
  #factOf(key: number): SourceFact | undefined {
    const keys = this.#keys
    const source = this.#profile.sources[keys.column(key) - keys.columns.source(0)]
    if (source === undefined) return undefined
    const { region } = codesOf(this.#codes(keys.cellOf(keys.gradedOf(key))))
    return { source, region }
  }

  #note(key: number, count: number): void {
    const fact = this.#factOf(key)
    if (fact === undefined) return
    const name = `${fact.source} ${fact.region}`
    this.#facts.set(name, { fact, count: (this.#facts.get(name)?.count ?? 0) + count })
  }

  #makeUp(key: number, count: number): void {
    const keys = this.#keys
    const source = this.#factOf(key)?.source
    if (source === undefined && keys.column(key) !== keys.columns.stale) return
    for (const cell of this.#above(keys.cellOf(keys.gradedOf(key)))) {
      const sum = this.#made.get(cell) ?? { bySource: {}, stale: 0 }
      this.#made.set(cell, sum)
      if (source === undefined) sum.stale += count
      else sum.bySource[source] = (sum.bySource[source] ?? 0) + count
    }
  }

  #withhold(key: number, events: number, roleOf: RoleOf): void {
    const fact = this.#factOf(key)
    const role = fact === undefined ? 'judged' : roleOf(fact)
    if (role === 'judged') return
    for (const cell of this.#above(this.#keys.cellOf(this.#keys.gradedOf(key)))) {
      const withheld = this.#withheld.get(cell) ?? { taught: 0, backlog: 0 }
      withheld[role] += events
      this.#withheld.set(cell, withheld)
    }
  }

  #widen(cell: string, enterprises: number, squares: number): void {
    const sum = this.#sumOf(cell)
    sum.enterprises += enterprises
    sum.squares += squares
  }

  #sumOf(cell: string): Mutable {
    const known = this.#sums.get(cell) ?? { events: 0, enterprises: 0, squares: 0, byType: {} }
    this.#sums.set(cell, known)
    return known
  }

  #judgedType(key: number): string | undefined {
    const type = this.#profile.types[this.#keys.column(key)]
    return type?.judged === true ? type.code : undefined
  }

  #above(leaf: number): readonly string[] {
    const [region, industry] = this.#codes(leaf).split('|')
    return this.#cells.above(region, industry)
  }

  /** `P/UNKNOWN` lies nowhere below P, and counts at P. */
  #codes(cell: number): string {
    const { regions, industries } = this.#profile
    const plain = (code: string): string => (code.endsWith(`/${unknownCode}`) ? code.split('/')[0] : code)
    return keyOf(
      plain(regions.nodes[this.#keys.region(cell)].code),
      plain(industries.nodes[this.#keys.industry(cell)].code),
    )
  }
}
