/** Lists, their counts and the strip of days against a plain oracle, under any filter, now and as of any tick; and after a change of the profile. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Filter } from '../../src/readmodel/query/filter.ts'
import { overviewOf } from '../../src/readmodel/query/overview.ts'
import { listWarnings } from '../../src/readmodel/query/warnings.ts'
import { Store } from '../../src/readmodel/store.ts'
import { levels } from '../../streams/outputs.ts'
import { outermost } from '../../streams/tree.ts'
import type { Warning } from '../../streams/warnings.ts'
import { merged, renumbered } from '../support/editions.ts'
import { followerOf, logOf, modelOver } from '../support/followed.ts'
import { sayings, topicsOf } from '../support/sayings.ts'
import { contentOf } from '../support/storeContent.ts'
import { tinyProfile } from '../support/tinyProfile.ts'

const seed = 20_261_201
const { calendar, regions, industries } = tinyProfile

const dimensions = ['level', 'axis', 'statistic', 'region', 'industry'] as const
type Dimension = (typeof dimensions)[number]

const partOf = (one: Warning, name: Dimension): string =>
  name === 'region'
    ? outermost(regions, one.region)
    : name === 'industry'
      ? outermost(industries, one.industry)
      : one[name]

const isUnder = (tree: typeof regions, code: string, above: string): boolean =>
  tree.pathOf(tree.find(code)).includes(tree.find(above))

/** Whether a filter lets one through, its own of `without` left out. */
function passes(one: Warning, filter: Filter, without?: Dimension): boolean {
  const { level, axis, region, industry, from, q } = filter
  return (
    (without === 'level' || level === undefined || level.includes(one.level)) &&
    (without === 'axis' || axis === undefined || axis.includes(one.axis)) &&
    (without === 'region' || region === undefined || isUnder(regions, one.region, region)) &&
    (without === 'industry' || industry === undefined || isUnder(industries, one.industry, industry)) &&
    (from === undefined || one.raisedTick >= (calendar.parse(from) ?? 0)) &&
    (q === undefined || [one.id, ...Object.values(one.sentences)].join('\n').toLowerCase().includes(q.toLowerCase()))
  )
}

function countBy(warnings: readonly Warning[], name: Dimension): Record<string, number> {
  const found: Record<string, number> = {}
  for (const one of warnings) found[partOf(one, name)] = (found[partOf(one, name)] ?? 0) + 1
  return found
}

const maybe = <T>(of: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(of, { nil: undefined, freq: 1 })
const filters = fc.record({
  level: maybe(fc.subarray([...levels], { minLength: 1 })),
  axis: maybe(fc.subarray(['region', 'industry', 'cell'], { minLength: 1 })),
  region: maybe(fc.constantFrom('P', 'P1', 'Q')),
  industry: maybe(fc.constantFrom('X', 'Y')),
  from: maybe(fc.constantFrom(20_500, 20_502).map((tick) => calendar.label(tick))),
  q: maybe(fc.constantFrom('p1', 'count.', '9', '%')),
})

test('rows, total and counts are those of the last records, under any filter, now and as of any tick', async () => {
  let found = 0
  await fc.assert(
    fc.asyncProperty(sayings(), fc.array(filters, { minLength: 6, maxLength: 6 }), async (said, some) => {
      const model = await modelOver(said)
      const { ticks, standing } = topicsOf(said)
      for (const tick of [...ticks, undefined]) {
        const last = standing(tick)
        const asOf = tick === undefined ? undefined : calendar.label(tick)
        for (const filter of some) {
          const { rows, total, facets } = listWarnings(model, {
            ...filter,
            asOf,
            sort: 'level',
            limit: 200,
          })
          const wanted = last.filter((one) => passes(one, filter))
          expect(rows.map(({ id }) => id).sort()).toEqual(wanted.map(({ id }) => id).sort())
          expect(total).toBe(wanted.length)
          for (const name of dimensions) {
            const counted = last.filter((one) => passes(one, filter, name))
            expect(facets[name], `${name} of ${JSON.stringify({ ...filter, asOf })}`).toEqual(countBy(counted, name))
          }
          found += total
        }
      }
      model.store.close()
    }),
    { seed, numRuns: 25 },
  )
  expect(found).toBeGreaterThan(200)
})

test('the strip says of each day what stood in a region at its end, what was raised in it, and what was cleared', async () => {
  let stood = 0
  await fc.assert(
    fc.asyncProperty(sayings(12), async (said) => {
      const model = await modelOver(said)
      const { ticks, standing } = topicsOf(said)
      for (const region of ['', 'P', 'P1', 'Q', 'nowhere']) {
        const { strip } = overviewOf(model, { region })
        const wanted = ticks.map((tick) => {
          const last = standing(tick).filter((one) => regions.has(region) && isUnder(regions, one.region, region))
          const count = (level: string): number => last.filter((one) => one.level === level).length
          stood += last.length
          return {
            tick: calendar.label(tick),
            standing: { blue: count('blue'), yellow: count('yellow'), orange: count('orange'), red: count('red') },
            raised: last.filter((one) => one.tick === tick && one.raisedTick === tick).length,
            cleared: last.filter((one) => one.tick === tick && one.change === 'cleared').length,
          }
        })
        expect(
          strip.map(({ tick, standing: levels, raised, cleared }) => ({ tick, standing: levels, raised, cleared })),
        ).toEqual(wanted)
      }
      model.store.close()
    }),
    { seed, numRuns: 10 },
  )
  expect(stood).toBeGreaterThan(200)
})

test.each([
  ['other numbers', renumbered.profile],
  ['other outermost nodes', merged.profile],
])('after a change of the profile (%s) it holds what one holds that never knew another', async (_, profile) => {
  const [said] = fc.sample(sayings(30), { seed, numRuns: 1 })
  const log = await logOf(said)
  const store = Store.open(':memory:', 'test')
  await followerOf(log, store).round()
  const before = contentOf(store)
  await followerOf(log, store, [tinyProfile, profile]).round()
  const fresh = followerOf(log, undefined, [tinyProfile, profile])
  await fresh.round()
  const [changed, wanted] = [contentOf(store), contentOf(fresh.store)]
  expect(changed.warning_change).toEqual(wanted.warning_change)
  expect(changed.warning_change).not.toEqual(before.warning_change)
  expect(changed.warning_count.filter((line) => !line.endsWith(' n=0'))).toEqual(
    wanted.warning_count.filter((line) => !line.endsWith(' n=0')),
  )
})
