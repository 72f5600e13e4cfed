/** Of what shares the kind of a rise follows, by table: out of whole numbers of the tick and what was expected. */
import { expect, it } from 'vitest'
import type { CountEvidence } from '../../src/watch/statistics/countEvidence.ts'
import { sharesOf } from '../../src/watch/statistics/makeup.ts'
import type { Makeup } from '../../streams/ticks.ts'
import type { WarningShares } from '../../streams/warnings.ts'

const evidence: CountEvidence = {
  ...{ stream: 0, events: 40, expected: 20, variance: 22, p: 1e-6, q: 1e-4, rateRatio: 2, value: 2_000, limit: 250 },
  ...{ before: [], nodes: 10, familySize: 40, allEvents: 40, allExpected: 20, enterprises: 30, squares: 60 },
}
const makeup: Makeup = {
  ...{ records: 50, stale: 0, ofSource: 30, source: 'hotline', elsewhere: { records: 500, ofSource: 200 } },
  ...{ events: 40, backlog: 0, ofTypes: [16, 20] },
}

const table: [what: string, of: Partial<CountEvidence>, made: Partial<Makeup>, shares: WarningShares][] = [
  ['half of the rise is of a source with .4 elsewhere and .6 here', {}, {}, { ofUploader: 0.6, ofSource: 0.8 }],
  ['no more than elsewhere', {}, { ofSource: 20 }, { ofUploader: 0.4, ofSource: 0.4 }],
  ['more than all of the rise is all of it', {}, { ofSource: 49 }, { ofUploader: 0.98, ofSource: 1 }],
  ['as much everywhere is no news', {}, { elsewhere: { records: 500, ofSource: 401 } }, { ofUploader: 0.6 }],
  ['little elsewhere says nothing', {}, { elsewhere: { records: 29, ofSource: 9 } }, { ofUploader: 0.6 }],
  ['nation-wide there is no elsewhere', {}, { elsewhere: undefined }, { ofUploader: 0.6 }],
  ['few records show no share', {}, { records: 9, ofSource: 9, stale: 9 }, {}],
  ['stale ones are of the source that brought most', {}, { stale: 15 }, { stale: 0.5, ofUploader: 0.6, ofSource: 0.8 }],
  ['kept back', {}, { events: 50, backlog: 10 }, { ofBacklog: 0.2, ofUploader: 0.6, ofSource: 0.8 }],
  [
    'nine tenths of the rise are of a group, and four fifths of that of one type',
    { stream: 2, events: 25, expected: 7, variance: 8 },
    { elsewhere: undefined },
    { ofUploader: 0.6, ofType: 0.72 },
  ],
  [
    'of a group that did not rise nothing is known',
    { stream: 2, events: 25, expected: 25 },
    { elsewhere: undefined },
    { ofUploader: 0.6 },
  ],
]

it.each(table)('%s', (_, of, made, shares) => {
  const found = sharesOf({ ...evidence, ...of, makeup: { ...makeup, ...made } })
  const wanted = { ofBacklog: 0, ...(shares.ofUploader === undefined ? {} : { stale: 0 }), ...shares }
  expect(Object.keys(found).sort()).toEqual(Object.keys(wanted).sort())
  for (const [name, share] of Object.entries(wanted))
    expect(found, name).toHaveProperty(name, expect.closeTo(share ?? Number.NaN, 9))
})

it('of evidence that does not call nothing is looked at', () => {
  expect(sharesOf(evidence)).toEqual({})
})
