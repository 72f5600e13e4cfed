/**
 * Which cells are judged, and how they lie to each other, by codes alone: `P1|X`, `P1|` for a region with all industries, `|X` for an
 * industry of the whole country, `|` for the whole. Part of the judge's oracle (judgeOracle.ts); it shares no code with src/.
 */
import type { axes } from '../../../streams/outputs.ts'

export type Axis = (typeof axes)[number]
export type CodeList = {
  /** Every code with the code above it, `''` at the top. */
  rows: readonly { code: string; parent: string }[]
  /** Names of the levels, outermost first, and those that are judged. */
  levels: readonly string[]
  judged: readonly string[]
}

/** One tree: regions, or industries. */
export class Codes {
  readonly #parents: ReadonlyMap<string, string>
  readonly #judged: ReadonlySet<string>
  readonly #children = new Map<string, number>()

  constructor({ rows, levels, judged }: CodeList) {
    this.#parents = new Map(rows.map(({ code, parent }) => [code, parent]))
    for (const { parent } of rows) this.#children.set(parent, this.children(parent) + 1)
    const levelOf = (code: string): string => levels[this.path(code).length - 2]
    this.#judged = new Set(rows.map(({ code }) => code).filter((code) => judged.includes(levelOf(code))))
  }

  /** The code and all above it, `''` last; of a code that nobody knows, the top alone. */
  readonly path: (code: string) => readonly string[] = remembered((code) => {
    const parent = this.#parents.get(code)
    return parent === undefined ? [''] : [code, ...this.path(parent)]
  })

  /** The same, of it those that are judged, and the top. */
  readonly judgedPath = remembered((code) => this.path(code).filter((one) => one === '' || this.#judged.has(one)))

  /** Whether one of two regions lies in the other; what is unknown below a code lies in it. */
  isNear(one: string, other: string): boolean {
    const path = (code: string): string[] =>
      code.includes('/') ? [code, ...this.path(code.split('/')[0])] : [code, ...this.path(code)]
    return path(one).includes(other) || path(other).includes(one)
  }

  isJudged(code: string): boolean {
    return this.#judged.has(code)
  }

  above(code: string): string {
    return this.#parents.get(code) ?? ''
  }

  children(code: string): number {
    return this.#children.get(code) ?? 0
  }
}

export class Cells {
  readonly #regions: Codes
  readonly #industries: Codes

  constructor(regions: CodeList, industries: CodeList) {
    this.#regions = new Codes(regions)
    this.#industries = new Codes(industries)
  }

  /** Every cell in which an event of this place counts: the judged ones, and those of the whole country and all industries. */
  above(region: string, industry: string): readonly string[] {
    return this.#above(keyOf(region, industry))
  }

  readonly #above = remembered((leaf) => {
    const { region, industry } = codesOf(leaf)
    const whats = this.#industries.judgedPath(industry)
    return this.#regions.judgedPath(region).flatMap((where) => whats.map((what) => keyOf(where, what)))
  })

  readonly axisOf = remembered((cell): Axis | undefined => {
    const { region, industry } = codesOf(cell)
    if (region === '' && industry === '') return undefined
    if (region === '') return this.#industries.isJudged(industry) ? 'industry' : undefined
    if (!this.#regions.isJudged(region)) return undefined
    if (industry === '') return 'region'
    return this.#industries.isJudged(industry) ? 'cell' : undefined
  })

  /** How far a cell lies below the whole: parents come before their children. */
  depth(cell: string): number {
    const { region, industry } = codesOf(cell)
    return this.#regions.path(region).length + this.#industries.path(industry).length
  }

  /** The next judged cells above: one step in the region, one in the industry. */
  parents(cell: string): string[] {
    const { region, industry } = codesOf(cell)
    const steps = [
      ...this.#regions
        .judgedPath(region)
        .slice(1, 2)
        .map((above) => keyOf(above, industry)),
      ...this.#industries
        .judgedPath(industry)
        .slice(1, 2)
        .map((above) => keyOf(region, above)),
    ]
    return steps.filter((above) => this.axisOf(above) !== undefined)
  }

  /** What two cells share of which neither lies above the other. */
  sharedBy(one: string, other: string): string | undefined {
    const [a, b] = [codesOf(one), codesOf(other)]
    const isBelow = (codes: Codes, below: string, above: string): boolean =>
      below !== above && codes.path(below).includes(above)
    if (isBelow(this.#regions, a.region, b.region) && isBelow(this.#industries, b.industry, a.industry))
      return keyOf(a.region, b.industry)
    if (isBelow(this.#regions, b.region, a.region) && isBelow(this.#industries, a.industry, b.industry))
      return keyOf(b.region, a.industry)
    return undefined
  }

  /** The cells that tell each other what is usual: the industry in the regions of one parent, or industries of one parent; how many there are. */
  siblings(cell: string): { group: string; size: number } {
    const { region, industry } = codesOf(cell)
    if (region === '') {
      const parent = this.#industries.above(industry)
      return { group: `industries of ${parent}`, size: this.#industries.children(parent) }
    }
    const parent = this.#regions.above(region)
    return { group: `${industry} in regions of ${parent}`, size: this.#regions.children(parent) }
  }

  isNear(region: string, cell: string): boolean {
    return this.#regions.isNear(region, codesOf(cell).region)
  }

  /** The cell whose week it follows: its outermost judged industry in the whole country. */
  readonly rhythm = remembered((cell) => {
    const outermost = this.#industries.judgedPath(codesOf(cell).industry).at(-2) ?? ''
    return keyOf('', outermost)
  })
}

/** Works out once what is asked of each code: markets ask the same of a few of them a million times. */
function remembered<T>(of: (code: string) => T): (code: string) => T {
  const known = new Map<string, T>()
  return (code) => {
    const found = known.get(code) ?? of(code)
    known.set(code, found)
    return found
  }
}

export const keyOf = (region: string, industry: string): string => `${region}|${industry}`

export function codesOf(cell: string): { region: string; industry: string } {
  const at = cell.indexOf('|')
  return { region: cell.slice(0, at), industry: cell.slice(at + 1) }
}
