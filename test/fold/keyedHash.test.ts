/** HalfSipHash against the vectors of its reference code, and what the seed is for. */
import { expect, it } from 'vitest'
import { keyedHash } from '../../src/enterprise/rows/keyedHash.ts'
import type { HashSeed } from '../../src/hashSeed.ts'

it('gives what the reference code of HalfSipHash-2-4 gives', () => {
  const key: HashSeed = [0x03020100, 0x07060504] // bytes 0 to 7
  const text = (length: number): string => String.fromCharCode(...Array.from({ length }, (_, at) => at))
  const hex = (length: number): string =>
    Buffer.from(Uint32Array.of(keyedHash(text(length), key, 2, 4)).buffer).toString('hex')
  expect([0, 1, 2, 3].map(hex)).toEqual(['a9359f5b', '27475ab8', 'fa62a603', '8afee704'])
})

it('spreads ids under one seed that meet in one slot under another', () => {
  const slotOf = (id: string, seed: HashSeed): number => keyedHash(id, seed) >>> 22
  const meeting: string[] = []
  for (let n = 0; meeting.length < 300; n++) if (slotOf(`E${n}`, [1, 2]) === 0) meeting.push(`E${n}`)
  const slots = new Set(meeting.map((id) => slotOf(id, [1, 3])))
  expect(slots.size).toBeGreaterThan(200) // of 1,024 slots 300 random ids take 260
})
