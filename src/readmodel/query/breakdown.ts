/**
 * What a count is made of: the share of each type, source, grade, region and industry in the tick, beside its share in the 28 ticks before; of a
 * cluster in its ticks, its members in place of children.
 * Worked out when it is asked for, from the archived counts of leaves; so it can be asked of any tick, and costs nothing for a warning
 * that nobody opens.
 */
import type { CodeTree } from '../../../streams/tree.ts'
import { breakdownPartsMax, usualTicks } from '../../limits.ts'
import { f64, u32 } from '../columns.ts'
import { boundsOf, type Numbering } from '../numbering.ts'
import { rounded } from '../rounded.ts'
import { textIn } from '../values.ts'
import { groupOf, storedWarning } from '../warningRecord.ts'
import { type Model, whenOf } from './ask.ts'
import { factsOf, isCounted } from './enterprises/rows.ts'
import { type Place, type Reach, reachOf } from './reach.ts'
import { warningRow } from './warnings.ts'

/** Rows of contributions that are looked at for the sources of a group. */
const groupFactsMax = 20_000
const shareDigits = 5

const dimensions = ['type', 'source', 'grade', 'region', 'industry'] as const
type Dimension = (typeof dimensions)[number]

export type Part = {
  code: string
  names: Record<string, string>
  count: number
  share: number
  usualShare: number
  excess: number
}
export type Breakdown = Record<Dimension, Part[]> & {
  tick: string
  group: string | null
  total: number
  usualTicks: number
  usualTotal: number
  late: number
  /** Null of a group: what is taken back is not counted by type. */
  retracted: number | null
}

/** Counts of one or more ticks below a node, by code. `source` counts facts of every type; all else judged and fresh ones alone. */
class Sums {
  readonly of: Record<Dimension, Map<string, number>> = {
    type: new Map(),
    source: new Map(),
    grade: new Map(),
    region: new Map(),
    industry: new Map(),
  }
  ticks = 0
  total = 0
  late = 0
  retracted = 0

  add(dimension: Dimension, code: string, count: number): void {
    this.of[dimension].set(code, (this.of[dimension].get(code) ?? 0) + count)
  }
}

export function breakdownOf(model: Model, id: string, asOf: string | undefined): Breakdown {
  const record = storedWarning(textIn(warningRow(model, id, whenOf(model, asOf)), 'record'))
  const { tick, tickLabel } = record
  const group = groupOf(record)
  const reach = reachOf(model, record)
  const { first, last } = reach
  const now = sumsOf(model, reach, group, { from: first, to: last })
  const usual = sumsOf(model, reach, group, { from: first - usualTicks, to: first - 1 })
  const sources = group === undefined ? { now, usual } : sourcesOf(model, reach, group, now)
  const { profile } = model.editions.at(tick)
  const part = (dimension: Dimension, names: (code: string) => Record<string, string>): Part[] =>
    partsOf(now, usual, dimension, names)
  return {
    tick: tickLabel,
    group: group ?? null,
    total: now.total,
    usualTicks: usual.ticks,
    usualTotal: usual.total,
    type: part('type', (code) => profile.types[profile.typeIndex.get(code) ?? 0].names),
    source: partsOf(
      sources.now,
      sources.usual,
      'source',
      (code) => profile.file.sources.find((one) => one.code === code)?.names ?? {},
    ),
    grade: part('grade', (code) => profile.file.grades.find((one) => one.code === code)?.names ?? {}),
    region: part('region', (code) => profile.regions.nodes[profile.regions.find(code)].names),
    industry: part('industry', (code) => profile.industries.nodes[profile.industries.find(code)].names),
    late: now.late,
    retracted: group === undefined ? now.retracted : null,
  }
}

function sumsOf(
  { store, editions }: Model,
  { places }: Reach,
  group: string | undefined,
  { from, to }: { from: number; to: number },
): Sums {
  const sums = new Sums()
  const ticks = new Set<unknown>()
  for (const row of store.all('SELECT tick, keys, sums FROM tick_counts WHERE tick BETWEEN ? AND ?', from, to)) {
    ticks.add(row.tick)
    addPage(sums, new Below(editions.at(Number(row.tick)), places), group, {
      keys: f64(row.keys),
      counts: u32(row.sums),
    })
  }
  sums.ticks = ticks.size
  return sums
}

/**
 * Sources of a group's events: the archive counts sources of all types together, so the facts that contributed are looked at, of the ticks
 * that were counted and of as many before them as are few enough.
 */
function sourcesOf(model: Model, { first, last, places }: Reach, group: string, now: Sums): { now: Sums; usual: Sums } {
  const usual = new Sums()
  now.of.source.clear()
  now.late = 0
  let left = groupFactsMax
  for (let at = last; at >= first - usualTicks && left > 0; at--) {
    const { regions, industries } = model.editions.at(at)
    const found = places.flatMap(({ region, industry }) =>
      model.store.all(
        `SELECT tick, region, industry, facts FROM contribution
         WHERE tick = ? AND region_no BETWEEN ? AND ? AND industry_no BETWEEN ? AND ?`,
        ...[at, ...boundsOf(regions.under(region)), ...boundsOf(industries.under(industry))],
      ),
    )
    for (const fact of found.flatMap((row) => factsOf(model, row))) {
      if (isCounted(model, fact, group)) (at >= first ? now : usual).add('source', fact.source, 1)
      else if (at >= first && isCounted(model, { ...fact, fresh: true }, group)) now.late++
    }
    if (at < first) usual.ticks++
    left -= found.length
  }
  return { now, usual }
}

/** Leaves below places, and what each is a part of: the child of the one place, or which of several. Undefined for a leaf elsewhere. */
class Below {
  readonly numbering: Numbering
  readonly #places: readonly Record<'region' | 'industry', (string | undefined)[]>[]

  constructor(numbering: Numbering, places: readonly Place[]) {
    const { regions, industries } = numbering.profile
    const isOne = places.length === 1
    this.numbering = numbering
    this.#places = places.map(({ region, industry }) => ({
      region: partsBelow(regions, region, isOne),
      industry: partsBelow(industries, industry, isOne),
    }))
  }

  partOf(cell: number): Place | undefined {
    const { keys } = this.numbering
    for (const { region, industry } of this.#places) {
      const part = { region: region[keys.region(cell)], industry: industry[keys.industry(cell)] }
      if (part.region !== undefined && part.industry !== undefined)
        return { region: part.region, industry: part.industry }
    }
    return undefined
  }
}

/** By node, the child of `top` above it, or `top` itself, which alone stands for all below where children are not told apart. */
function partsBelow(tree: CodeTree, top: string, byChild: boolean): (string | undefined)[] {
  const root = tree.has(top) ? tree.find(top) : undefined
  return tree.nodes.map(({ index }) => {
    const path = tree.pathOf(index)
    const at = root === undefined ? -1 : path.indexOf(root)
    return at < 0 ? undefined : tree.nodes[path[byChild ? Math.max(0, at - 1) : at]].code
  })
}

function addPage(
  sums: Sums,
  below: Below,
  group: string | undefined,
  { keys, counts }: { keys: Float64Array; counts: Uint32Array },
): void {
  const { profile, keys: cells } = below.numbering
  const { columns } = cells
  for (const [at, key] of keys.entries()) {
    const graded = cells.gradedOf(key)
    const part = below.partOf(cells.cellOf(graded))
    if (part === undefined) continue
    const column = cells.column(key)
    const count = counts[at]
    const type = profile.types[column]
    if (column === columns.stale) sums.late += count
    else if (column === columns.retracted) sums.retracted += count
    else if (type === undefined) sums.add('source', profile.sources[column - profile.types.length], count)
    else if (type.judged && (group === undefined || profile.groups[type.group] === group)) {
      sums.total += count
      sums.add('type', type.code, count)
      sums.add('grade', profile.grades[cells.gradeOf(graded)], count)
      sums.add('region', part.region, count)
      sums.add('industry', part.industry, count)
    }
  }
}

/** The largest excess first; what was usual and is missing now is among them. */
function partsOf(
  now: Sums,
  usual: Sums,
  dimension: Dimension,
  namesOf: (code: string) => Record<string, string>,
): Part[] {
  const total = sumOf(now.of[dimension])
  const usualTotal = sumOf(usual.of[dimension])
  const codes = new Set([...now.of[dimension].keys(), ...usual.of[dimension].keys()])
  return [...codes]
    .map((code): Part => {
      const count = now.of[dimension].get(code) ?? 0
      const before = usual.of[dimension].get(code) ?? 0
      const mean = usual.ticks === 0 ? 0 : before / usual.ticks
      const wanted = mean * Math.max(1, now.ticks)
      return {
        code,
        names: namesOf(code),
        count,
        share: total === 0 ? 0 : rounded(count / total, shareDigits),
        usualShare: usualTotal === 0 ? 0 : rounded(before / usualTotal, shareDigits),
        excess: rounded(count - wanted),
      }
    })
    .sort((a, b) => b.excess - a.excess || b.count - a.count || (a.code < b.code ? -1 : 1))
    .slice(0, breakdownPartsMax)
}

function sumOf(counts: ReadonlyMap<string, number>): number {
  let sum = 0
  for (const count of counts.values()) sum += count
  return sum
}
