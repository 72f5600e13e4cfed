/** The ledger's columns against a plain reckoning: any order of entries, any split into parts, one tick after another. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { cellKeys } from '../../src/cells.ts'
import { lattice } from '../../src/watch/lattice.ts'
import { TickAggregates } from '../../src/watch/tickAggregates.ts'
import type { CellPart } from '../../streams/outputs.ts'
import { tinyProfile } from '../support/tinyProfile.ts'

const keys = cellKeys(tinyProfile)
const lines = lattice(tinyProfile, keys)
const { regions, industries, types, grades } = tinyProfile
const leafNodes = (parents: ReadonlySet<number>, nodes: readonly { index: number }[]): number[] =>
  nodes.map(({ index }) => index).filter((index) => !parents.has(index))
const leaves = leafNodes(new Set(regions.nodes.map(({ parent }) => parent)), regions.nodes).flatMap((region) =>
  leafNodes(new Set(industries.nodes.map(({ parent }) => parent)), industries.nodes).map((industry) =>
    keys.cell(region, industry),
  ),
)

type Entry = { leaf: number; grade: number; column: number; delta: number; enterprises: number }
const entry: fc.Arbitrary<Entry> = fc.record({
  leaf: fc.constantFrom(...leaves),
  grade: fc.nat(grades.length - 1),
  column: fc.nat(keys.columns.count - 1),
  delta: fc.constantFrom(-2, -1, 1, 1, 1, 2, 5),
  enterprises: fc.constantFrom(-1, 1),
})
/** Ticks of parts of entries. */
const ticks = fc.array(fc.array(fc.array(entry, { maxLength: 40 }), { maxLength: 4 }), { minLength: 1, maxLength: 3 })

const none = { keys: [], deltas: [] }
function partOf(entries: readonly Entry[]): CellPart {
  const keyOf = ({ leaf, grade, column }: Entry): number => keys.counted(keys.graded(leaf, grade), column)
  return {
    task: 'enterprise-0',
    beat: 1,
    tick: 1,
    page: 0,
    pages: 1,
    through: 1,
    counts: { keys: entries.map(keyOf), deltas: entries.map(({ delta }) => delta) },
    breadth: {
      keys: entries.map(({ leaf }) => leaf),
      enterprises: entries.map(({ enterprises }) => enterprises),
      squares: entries.map(({ delta }) => delta * delta),
    },
    shared: { keys: [], enterprises: [], squares: [] },
    late: { ticks: [], keys: [], deltas: [] },
    stock: none,
    arrivals: none,
  }
}

function plainNodes(entries: readonly Entry[]): Map<number, number[]> {
  const found = new Map<number, number[]>()
  for (const { leaf, column, delta, enterprises } of entries) {
    const events = column < types.length && types[column].judged ? delta : 0
    for (const node of lines.nodesOf(leaf)) {
      const [sum, some, squares] = found.get(node) ?? [0, 0, 0]
      found.set(node, [sum + events, some + enterprises, squares + delta * delta])
    }
  }
  return found
}

function plainTypes(entries: readonly Entry[], node: number): Record<string, number> {
  const found: Record<string, number> = {}
  for (const { leaf, column, delta } of entries)
    if (column < types.length && types[column].judged && lines.contains(node, leaf))
      found[types[column].code] = (found[types[column].code] ?? 0) + delta
  return Object.fromEntries(Object.entries(found).filter(([, count]) => count !== 0))
}

it('adds up as a plain reckoning does', () => {
  fc.assert(
    fc.property(ticks, (some) => {
      const aggregates = new TickAggregates(tinyProfile, keys, lines)
      for (const parts of some) {
        aggregates.clear()
        for (const part of parts) aggregates.add(partOf(part))
        const entries = parts.flat()
        const { keys: nodes, events, enterprises, squares } = aggregates.nodes.columns()
        const found = Array.from(nodes, (node, at) => [node, [events[at], enterprises[at], squares[at]]])
        expect(found).toEqual([...plainNodes(entries)].sort((a, b) => a[0] - b[0]))
        const takeChanged = (): number[] =>
          aggregates.nodes.takeChanged(Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY)
        expect(new Set(takeChanged().map((at) => aggregates.nodes.keyAt(at)))).toEqual(new Set(nodes))
        expect(takeChanged()).toEqual([])
        for (const node of nodes) expect(aggregates.byType(node, tinyProfile)).toEqual(plainTypes(entries, node))
        const counted = aggregates.counts()
        const again = new TickAggregates(tinyProfile, keys, lines)
        for (let at = 0; at < counted.keys.length; at++) again.addCount(counted.keys[at], counted.sums[at])
        expect(again.counts()).toEqual(counted)
      }
    }),
    { seed: 20_260_302, numRuns: 300 },
  )
})
