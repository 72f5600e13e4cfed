/** Sums over many facts: the same bits whether sums from before were kept or not, and what a plain sum says. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { FactSums, sumsPlan } from '../../models/factSums.ts'
import {
  type FactSlice,
  factHour,
  factSeverity,
  factType,
  packTombstone2,
  packWord2,
  packWord3,
  packWord4,
  tombstoneBit,
} from '../../models/facts.ts'
import { EnterpriseRows } from '../../src/enterprise/rows/rows.ts'

const profile = { groups: ['a', 'b', 'c'], groupOfType: [0, 1, 2, 1], halfLivesDays: [1, 7, 90], horizonHours: 3_000 }
const plan = sumsPlan(profile)
const size = (plan.all + 1) * plan.lives
/** All sums and momenta. */
const slots = Int32Array.from({ length: 2 * size + plan.all + 1 }, (_, slot) => slot)
const newSums = (): FactSums => new FactSums(profile, plan, slots)
const start = 600_000

/** What happens to a row from one look at it to the next, hours later. */
type Step = {
  hours: number
  facts: { ago: number; type: number; severity: number; isTombstone: boolean }[]
  gone: number
}

const fact = fc.record({
  ago: fc.oneof({ weight: 8, arbitrary: fc.nat(40) }, { weight: 1, arbitrary: fc.nat(2_900) }),
  type: fc.nat(3),
  severity: fc.integer({ min: 1, max: 5 }),
  isTombstone: fc.nat(15).map((one) => one === 0),
})
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    hours: fc.oneof(fc.nat(20), fc.nat(400)),
    facts: fc.array(fact, { maxLength: 120, size: 'max' }),
    gone: fc.nat(3),
  }),
  { maxLength: 14, size: 'max' },
)

const looked = (sums: FactSums): readonly unknown[] => [...sums.sums, sums.amount, sums.sources, sums.youngestHours]

it('are the same to the bit with sums that were kept and without, and with facts past the horizon and without', () => {
  let kept = 0
  fc.assert(
    fc.property(steps, (all) => {
      const rows = new EnterpriseRows(5, [0, 0])
      const row = rows.add(0, 0, 0)
      const [lasting, anew] = [newSums(), newSums()]
      let hour = start
      let id = 0
      for (const { hours, facts, gone } of all) {
        hour += hours
        for (const { ago, type, severity, isTombstone } of facts) {
          const what = isTombstone ? packTombstone2(hour - ago) : packWord2(hour - ago, type, severity)
          const words = [id++, 0, what, packWord3(type, 0), packWord4((ago * 7) % 100, 0, 0)]
          rows.insertFact(row, Int32Array.from(words), 0)
        }
        for (let at = 0; at < gone && rows.facts(row).count > 0; at++)
          rows.removeFact(row, (at * 7_919) % rows.facts(row).count)
        const sums = rows.keptSums(row, lasting.name)
        lasting.of(rows.facts(row), hour, sums)
        if (sums?.closed !== undefined) kept++
        anew.of(rows.facts(row), hour)
        expect(looked(lasting)).toEqual(looked(anew))
        rows.dropOldest(row, olderThan(rows.facts(row), hour - profile.horizonHours))
        anew.of(rows.facts(row), hour)
        expect(looked(lasting)).toEqual(looked(anew))
        for (const [at, sum] of plainSums(rows.facts(row), hour).entries()) expect(lasting.sums[at]).toBeCloseTo(sum, 9)
      }
    }),
    { seed: 5, numRuns: 60 },
  )
  expect(kept).toBeGreaterThan(100)
})

it('do not hang on tombstones', () => {
  const words: number[][] = []
  for (let id = 0; id < 200; id++) {
    words.push([id, 0, packWord2(start + id, id % 4, 3), packWord3(0, 0), packWord4(0, 0, 0)])
    if (id % 2 === 0) words.push([id, 1, packTombstone2(start + id), 0, 0])
  }
  const slice = (some: readonly number[][]): FactSlice => ({
    words: Int32Array.from(some.flat()),
    offset: 0,
    count: some.length,
    stride: 5,
  })
  const [all, without] = [newSums(), newSums()]
  for (const hour of [start + 80, start + 199, start + 1_000]) {
    all.of(slice(words), hour)
    without.of(slice(words.filter(([, , what]) => (what & tombstoneBit) === 0)), hour)
    expect(looked(all)).toEqual(looked(without))
  }
})

function olderThan({ words, offset, count, stride }: FactSlice, hour: number): number {
  let old = 0
  while (old < count && factHour(words[offset + old * stride + 2]) < hour) old++
  return old
}

function plainSums({ words, offset, count, stride }: FactSlice, hour: number): Float64Array {
  const sums = new Float64Array(2 * size)
  for (let at = offset; at < offset + count * stride; at += stride) {
    const what = words[at + 2]
    if ((what & tombstoneBit) !== 0) continue
    for (const group of [profile.groupOfType[factType(what)], plan.all])
      for (const [life, days] of profile.halfLivesDays.entries()) {
        const weight = 2 ** (-(hour - factHour(what)) / (24 * days))
        sums[group * plan.lives + life] += weight
        sums[size + group * plan.lives + life] += weight * factSeverity(what)
      }
  }
  return sums
}
