import { expect, it } from 'vitest'
import { foldVersion } from '../../src/fold/version.ts'
import type { Digest } from '../../src/log/digest.ts'
import { foldRecords } from '../support/fold.ts'
import { generatedHistory } from '../support/generated.ts'
import { tinyModel } from '../support/tinyModel.ts'
import { tinyProfile } from '../support/tinyProfile.ts'

/**
 * Guards foldVersion. These hashes change when the fold keeps, counts, scores, judges or says anything in another way. If that was
 * meant, raise foldVersion (src/fold/version.ts) and set the hashes to what the test prints; if it was not, the fold is wrong.
 * A change of the test's own history (test/support/generated.ts), profile or model changes them too, without a new foldVersion.
 */
const golden = {
  foldVersion: 5,
  hashes: {
    'cell-parts': '14208 672b0da66259ca80',
    'cell-warnings': '18 51ca0a4e8244b103',
    'cluster-warnings': '0 0000000000000000',
    'command-results': '2 ca37ab19e106754d',
    contradictions: '0 0000000000000000',
    contributions: '1395 d16095cb07432468',
    'dead-letters': '60 a8415e51092952d6',
    'enterprise-alerts': '304 dc69c8fbfaf6a2bf',
    fates: '1738 560f5183b4a42936',
    'industry-warnings': '10 2ad6b25582b42217',
    notices: '1021 fc5bdf8509631792',
    'region-warnings': '15 da254f2135aa50aa',
    'risk-levels': '76 687c4442b4989794',
    scores: '1410 e7c2e8b3e7d51270',
    'shadow-scores': '0 0000000000000000',
    ticks: '160 8b04dfa63a6af22b',
  },
} as const

const history = {
  seed: 1,
  days: 75,
  enterprises: 60,
  eventsPerDay: 18,
  outbreakDays: [50, 51, 52, 53],
  outbreakEvents: 60,
}
const folded = foldRecords(generatedHistory(history), { profile: tinyProfile, model: tinyModel(tinyProfile) })

const hashesOf = (digest: Digest): Record<string, string> =>
  Object.fromEntries(
    Object.entries(digest).map(([topic, { hash, records }]) => [topic, `${records} ${hash.slice(0, 16)}`]),
  )

it('says to the byte what this fold version has always said', async () => {
  expect({ foldVersion, hashes: hashesOf((await folded).digest) }).toEqual(golden)
})
