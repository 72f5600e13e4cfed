/** The newest facts of a row, which speak for its score: by their id hashes. */
import { type FactSlice, factHour, factType, tombstoneBit } from '../../../models/facts.ts'
import { hashHex } from '../../../streams/hash.ts'
import { horizonHours } from '../../limits.ts'

/** Where the newest facts of some types begin, newest first; so many at most, among so many of the newest. */
export function newestFacts(
  { words, offset, count, stride }: FactSlice,
  hour: number,
  types: Uint8Array,
  { max, searched }: { max: number; searched: number },
): number[] {
  const found: number[] = []
  const last = Math.max(0, count - searched)
  for (let fact = count - 1; fact >= last && found.length < max; fact--) {
    const at = offset + fact * stride
    const what = words[at + 2]
    if ((what & tombstoneBit) !== 0 || hour - factHour(what) > horizonHours || types[factType(what)] === 0) continue
    found.push(at)
  }
  return found
}

export function idHashAt({ words }: FactSlice, at: number): string {
  return hashHex(words[at] >>> 0, words[at + 1] >>> 0)
}
