/** Every fuzzer for a fraction of a second; `npm run test:fuzz` goes on for minutes. */
import { expect, it } from 'vitest'
import { crashText } from './campaign.ts'
import { fuzz } from './fuzzer.ts'
import { fuzzers } from './fuzzers.ts'

const seed = 20_261_130

it.each(fuzzers)('$name: whatever comes is read or refused, and what is good is read as it is', async (fuzzer) => {
  const crash = await fuzz(fuzzer, { seed, inputs: fuzzer.few })
  expect(crash && crashText(crash, seed)).toBeUndefined()
})
