/** The judge is what its oracle says, on any market and on the demo's: every expectation of every cell, and every warning. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { loadProfile } from '../../src/settings/profiles.ts'
import { simulate } from '../../src/simulate/simulate.ts'
import { Comparison } from '../support/judge/comparison.ts'
import { type CountedFact, FactCounts } from '../support/judge/factCounts.ts'
import {
  beatsOf,
  easyLevels,
  type JudgedMarket,
  judgedMarket,
  marketPlans,
  type SentEvent,
} from '../support/judge/judgedMarkets.ts'
import type { Said } from '../support/judge/judgeOracle.ts'
import { PartCounts } from '../support/judge/partCounts.ts'
import type { Sent } from '../support/judge/product.ts'

const seed = 20_260_302

/** What is said of a market. The oracle counts its events one by one. */
function judged(market: JudgedMarket): Said[] {
  const comparison = new Comparison(market.profile, market.beatMs)
  const { cells, clock } = comparison
  const counts = new FactCounts(cells)
  return beatsOf(market).flatMap(({ beat, come, gone, sent }) => {
    const { tick, endsTick } = comparison.at(beat)
    const isOf = (one: SentEvent): boolean => clock.tickOf(one.atMs) === tick
    counts.add(factsOf(come), factsOf(gone.filter(isOf)))
    const sums = counts.sums((fact) => comparison.roleOf(fact))
    const { facts } = counts
    const late = gone
      .filter((one) => one.counts && !isOf(one))
      .map((one) => ({
        tick: clock.tickOf(one.atMs),
        cells: cells.above(one.region, one.industry),
        type: one.type,
        events: 1,
      }))
    if (endsTick) counts.clear()
    return comparison.beat(beat, sent, () => ({ sums, late, facts }))
  })
}

const factsOf = (events: readonly SentEvent[]): CountedFact[] =>
  events.map(({ id, enterpriseId, region, industry, type, source = 'OTHER', counts, agoMs }) => {
    const enterprise = enterpriseId.startsWith('place:') ? undefined : enterpriseId
    return { id, enterprise, region, industry, type, source, counts, isStale: agoMs > 0 }
  })

/** How often each kind of thing was said: a comparison of two that say nothing shows nothing. */
function kindsOf(said: readonly Said[]): (what: string) => number {
  const seen = new Map<string, number>()
  for (const { axis, change, level, early, held, explainedBy, parents, evidence } of said) {
    const kinds: string[] = [axis, change, level]
    if (early) kinds.push('early')
    if (evidence.kind !== undefined) kinds.push(evidence.kind)
    if (held && change === 'level') kinds.push('up while held')
    if (evidence.group !== undefined) kinds.push('of a group')
    if (explainedBy !== undefined) kinds.push('explained by its child')
    if (parents.length > 0) kinds.push('below an open one')
    if (evidence.withheld !== undefined) kinds.push('with events of what has just begun')
    for (const kind of kinds) seen.set(kind, (seen.get(kind) ?? 0) + 1)
  }
  return (what) => seen.get(what) ?? 0
}

it('judges any market as the oracle does', () => {
  const said: Said[] = []
  fc.assert(
    fc.property(marketPlans, (plan) => void said.push(...judged(judgedMarket(plan)))),
    { seed, numRuns: 50 },
  )
  const seen = kindsOf(said)
  const kinds = [
    'raised',
    'level',
    'cleared',
    'amended',
    'held',
    'released',
    'return-after-silence',
    'batch-upload',
    'early',
    'of a group',
    'explained by its child',
    'below an open one',
    'with events of what has just begun',
  ]
  for (const what of ['calm', 'blue', 'yellow', 'orange', 'red', ...kinds, 'industry', 'region', 'cell'])
    expect(seen(what), what).toBeGreaterThan(10)
})

it("judges the demo's market as the oracle does", async () => {
  const demo = await loadProfile('cn')
  const budget = { ...demo.file.warnings.budget, counts: 60 } // a small market has little to say
  const warnings = { ...demo.file.warnings, levels: easyLevels, budget }
  const profile = { ...demo, file: { ...demo.file, warnings } }
  const beatMs = 3_600_000
  const start = Date.UTC(2024, 11, 31, 16)
  const days = 36
  const market = simulate(profile, {
    enterprises: 1_000,
    days,
    seed: 1,
    start,
    clearOutbreak: { fromDay: 20, toDay: 25 },
  })
  // What comes in four hours comes in the last of them: early calls have six beats a day.
  const beats = Array.from({ length: days * 6 }, (): Sent[] => [])
  for (const { topic, key, text, knownAtMs } of market.records())
    beats[Math.floor((knownAtMs - start) / (4 * beatMs))]?.push({ topic, key, value: text })
  const comparison = new Comparison(profile, beatMs)
  const counts = new PartCounts(profile, comparison.cells)
  const said = beats.flatMap((sent, at) => {
    const beat = start / beatMs + 4 * at + 3
    const found = comparison.beat(beat, sent, (parts) => {
      const { sums, late } = counts.add(parts, (fact) => comparison.roleOf(fact))
      return { sums, late, facts: counts.facts }
    })
    if (comparison.at(beat).endsTick) counts.clear()
    return found
  })
  const seen = kindsOf(said)
  for (const what of ['raised', 'level', 'cleared']) expect(seen(what), what).toBeGreaterThan(5)
  expect(comparison.product.cells).toBeGreaterThan(2_000)
})
