/** The card of the baseline is what the card writer makes, and a card holds what it should. */
import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import baseline from '../../models/baseline/model.json' with { type: 'json' }
import { cardUse, modelCard } from '../../models/learn/modelCard.ts'
import { ScorecardFile } from '../../models/risk/modelFile.ts'

const file = ScorecardFile.parse(baseline)
const extra = { title: 'A', kind: 'k', learntFrom: 'l', bands: 'b', use: cardUse }

/** Tables are laid out by an editor when a card is checked in. */
const words = (markdown: string): string => markdown.replaceAll(/ *\| */g, '|').replaceAll(/-{3,}/g, '---')

test("every line of the baseline's card with figures is one that is written", async () => {
  const checkedIn = words(await readFile(new URL('../../models/baseline/MODEL_CARD.md', import.meta.url), 'utf8'))
  const written = words(
    modelCard(file, {
      ...extra,
      title: 'Baseline scorecard',
      sampling: 'every 30 days',
      testRows: 'from 2025-06-24 on, one horizon after the last training row',
      bands: 'about the riskiest 10 %, 3 % and 0.5 % of training rows',
    }),
  ).split('\n')
  const own = /^\|(Kind|Learnt from)\|/
  for (const line of written.filter((one) => !own.test(one))) expect(checkedIn).toContain(line)
  expect(written.length).toBe(checkedIn.split('\n').length - 2) // the baseline says two lines more on its use
})

test('bins and products stand among the strongest, what is not known is left out, bars cannot break the table', () => {
  const [first, second] = file.features
  const scorecard = {
    ...file.scorecard,
    terms: {
      interactions: [{ features: [first.name, second.name] as [string, string], weight: -7 }],
      bins: [{ feature: 'recency', edges: [1, 2], logOdds: [-3, 0, 6] }],
    },
  }
  const training = { ...file.training, metrics: { trainAuc: 0.75, gini: 0.5 } }
  const card = modelCard(
    { ...file, scorecard, training },
    { ...extra, kind: 'a|b\nc', gitCommit: '1a2b', notes: ['d was left out'] },
  )
  expect(card).toContain(
    `| recency, from its lowest bin to its highest | 9.000 |\n| ${first.name} x ${second.name} | -7.000 |`,
  )
  expect(card).toContain('| AUC | training 0.75 |')
  expect(card).toContain('| gini | 0.5 |')
  expect(card).toContain('| Kind | a\\|b c |')
  expect(card).toContain('| Git commit | 1a2b |')
  expect(card).toContain('## Notes\n\n- d was left out\n\n## Strongest')
  expect(card).not.toMatch(/undefined|NaN|Test rows|Brier/)
})
