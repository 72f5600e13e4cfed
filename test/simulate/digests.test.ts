/**
 * What a seed plans today keeps its bytes: records, hazards and truth.json. What is planned on demand must not move them. The digests are
 * those of the V8 that comes with the program (src/simulate/random.ts); where its Math.log changes, they are renewed with it.
 */
import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import type { SimulateOptions } from '../../src/simulate/simulate.ts'
import { truthText } from '../../src/simulate/write.ts'
import { run } from './collect.ts'

function digestOfAll(options: Partial<SimulateOptions>): string {
  const simulation = run(options)
  const hash = createHash('sha256').update(truthText(simulation.truth))
  for (const step of simulation.steps()) hash.update(`${JSON.stringify(step)}\n`)
  return hash.digest('hex')
}

test.each([
  ['a market', {}, '657244bcffd3b2f37e32c4dcf17348509be5e9201004a06c22e554542cd9a86e'],
  [
    'the market of another seed, without outbreaks',
    { seed: 8, outbreaks: false },
    '5293d000be9a9073e275770305c61880c73e7ae8fe34a3eedf53806350f28d72',
  ],
  [
    'a market with a clear outbreak',
    { days: 60, seed: 11, clearOutbreak: { fromDay: 8, toDay: 13 } },
    '225c5a649089f940fdde633451c470a5113e31cbe078bcb9746f362b67d2c2a0',
  ],
] as const)('%s', (_, options, digest) => {
  expect(digestOfAll(options)).toBe(digest)
})
