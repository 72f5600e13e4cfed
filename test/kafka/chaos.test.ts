/** The chaos campaign in small; `npm run test:chaos` is the large one. */
import { expect, it } from 'vitest'
import { longTestMsMax } from '../support/patience.ts'
import { campaign } from './chaos/campaign.ts'
import { describeWithKafka } from './support.ts'

describeWithKafka('chaos', () => {
  it('loses nothing, says nothing twice and nothing else than a calm run', { timeout: longTestMsMax }, async () => {
    const { lost, twice, regressions, differences, workerKills, brokerKills, records } = await campaign({
      minutes: 1.5,
      kills: 8,
      brokerKills: 1,
      seed: 20_261_125,
      rate: 200,
    })
    expect({ lost, twice, regressions, differences }).toEqual({ lost: 0, twice: 0, regressions: 0, differences: [] })
    expect(workerKills).toBeGreaterThanOrEqual(8)
    expect(brokerKills).toBeGreaterThanOrEqual(1)
    expect(records).toBeGreaterThan(5_000)
  })
})
