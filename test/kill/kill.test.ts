/** The kill campaign in small; `npm run test:kill` is the large one. */
import { expect, it } from 'vitest'
import { longTestMsMax } from '../support/patience.ts'
import { campaign } from './campaign.ts'

it('says the same after ten kills and a damaged checkpoint as after a calm run', {
  timeout: longTestMsMax,
}, async () => {
  const { kills, damaged, differences, records, fates } = await campaign({
    kills: 10,
    seed: 20_260_101,
    enterprises: 600,
    days: 30,
  })
  expect(differences).toEqual([])
  expect(kills).toBeGreaterThanOrEqual(10)
  expect(damaged).toBeGreaterThan(0)
  expect(Object.values(fates).reduce((sum, one) => sum + one, 0)).toBe(records)
})
