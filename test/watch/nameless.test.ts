/** A warning is public: no id of an enterprise stands anywhere in it, be it in the middle of a sentence. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { beatsOf, judgedMarket, marketPlans } from '../support/judge/judgedMarkets.ts'
import { JudgeInTasks } from '../support/judge/product.ts'

/** Which of the ids stand in a text as words of their own; no blank parts a word from Chinese around it. */
function namedIn(text: string, ids: Iterable<string>): string[] {
  const words = new Set(text.match(/[A-Za-z0-9]+/g))
  return [...ids].filter((id) => words.has(id))
}

it('finds an id wherever it stands', () => {
  const ids = ['E12', 'E1', '91440101MA5CJQ4N59']
  for (const text of [
    '{"id":"E12"}',
    'mostly of E12, in P1',
    '以E12、',
    'count.cell.P1.E12.2026-03-02',
    'E12|X',
    'place:E12',
  ])
    expect(namedIn(text, ids), text).toEqual(['E12'])
  expect(namedIn('企业 91440101MA5CJQ4N59：', ids)).toEqual(['91440101MA5CJQ4N59'])
  expect(namedIn('{"count":12,"region":"E","hash":"0aE12b"}', ids)).toEqual([])
})

it('no warning of any history names an enterprise, in whatever words', () => {
  let warnings = 0
  fc.assert(
    fc.property(marketPlans, (plan) => {
      const market = judgedMarket(plan)
      const ids = new Set(
        market.events.map(({ enterpriseId }) => enterpriseId).filter((id) => !id.startsWith('place:')),
      )
      const product = new JudgeInTasks(market.profile, market.beatMs)
      for (const { beat, sent } of beatsOf(market)) {
        for (const text of product.beat(beat, sent).texts) {
          warnings++
          expect(namedIn(text, ids), text).toEqual([])
        }
      }
    }),
    { seed: 20_260_302, numRuns: 40 },
  )
  expect(warnings).toBeGreaterThan(200)
})
