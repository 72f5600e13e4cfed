/**
 * HalfSipHash, the 32-bit variant in the reference code of SipHash (Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012), of
 * the low bytes of a text's UTF-16 code units. One round a word and three at the end are what hash tables use (HalfSipHash-1-3).
 */
import type { HashSeed } from '../../hashSeed.ts'

/** An unsigned 32-bit hash of a text under a seed. */
export function keyedHash(text: string, [k0, k1]: HashSeed, wordRounds = 1, endRounds = 3): number {
  let v0 = k0 | 0
  let v1 = k1 | 0
  let v2 = 0x6c796765 ^ k0
  let v3 = 0x74656462 ^ k1
  const words = (text.length >>> 2) + 1 // the last one has what is left, and the length
  for (let step = 0; step <= words; step++) {
    const isEnd = step === words
    const word = isEnd ? 0 : wordAt(text, step * 4)
    const rounds = isEnd ? endRounds : wordRounds
    v3 ^= word
    if (isEnd) v2 ^= 0xff
    for (let round = 0; round < rounds; round++) {
      v0 = (v0 + v1) | 0
      v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0
      v0 = (v0 << 16) | (v0 >>> 16)
      v2 = (v2 + v3) | 0
      v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2
      v0 = (v0 + v3) | 0
      v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0
      v2 = (v2 + v1) | 0
      v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2
      v2 = (v2 << 16) | (v2 >>> 16)
    }
    v0 ^= word
  }
  return (v1 ^ v3) >>> 0
}

/** Four bytes from a position on; at the end of the text the bytes that are left, with its length above them. */
function wordAt(text: string, at: number): number {
  const left = text.length - at
  if (left >= 4)
    return byteAt(text, at) | (byteAt(text, at + 1) << 8) | (byteAt(text, at + 2) << 16) | (byteAt(text, at + 3) << 24)
  let word = text.length << 24
  for (let byte = 0; byte < left; byte++) word |= byteAt(text, at + byte) << (8 * byte)
  return word
}

function byteAt(text: string, at: number): number {
  return text.charCodeAt(at) & 0xff
}
