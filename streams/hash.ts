/**
 * The 64-bit hash under which ids are kept, as two unsigned 32-bit halves. Two multiply-xorshift lanes over the UTF-16 code
 * units; every bit of an id reaches every bit of the hash. Not cryptographic: an id that collides on purpose makes its own
 * event a conflict, nothing else. Part of foldVersion: state and evidence name ids by it.
 */
export type Hash64 = { high: number; low: number }

/** Two lanes of state, reused: hashing an id allocates nothing. Read `high` and `low` before the next call. */
export class IdHasher {
  high = 0
  low = 0

  of(text: string): this {
    let a = 0x9e3779b1
    let b = 0x85ebca77
    for (let at = 0; at < text.length; at++) {
      const unit = text.charCodeAt(at)
      a = Math.imul(a ^ unit, 0x2c1b3c6d)
      b = Math.imul(b ^ unit, 0x5f356495)
    }
    return this.#finish(a, b)
  }

  /** The hash that `of` gives the same text, of its bytes in ASCII. */
  ofAscii(bytes: Uint8Array, from: number, to: number): this {
    let a = 0x9e3779b1
    let b = 0x85ebca77
    for (let at = from; at < to; at++) {
      a = Math.imul(a ^ bytes[at], 0x2c1b3c6d)
      b = Math.imul(b ^ bytes[at], 0x5f356495)
    }
    return this.#finish(a, b)
  }

  /** Of the bytes of a record, four at a time; another hash than `of` gives the same text. */
  ofBytes(bytes: Uint8Array): this {
    let a = 0x9e3779b1 ^ bytes.length
    let b = 0x85ebca77
    const whole = bytes.length & ~3
    for (let at = 0; at < whole; at += 4) {
      const unit = bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24)
      a = Math.imul(a ^ unit, 0x2c1b3c6d)
      a ^= a >>> 15
      b = Math.imul(b ^ unit, 0x5f356495)
      b ^= b >>> 13
    }
    for (let at = whole; at < bytes.length; at++) {
      a = Math.imul(a ^ bytes[at], 0x2c1b3c6d)
      b = Math.imul(b ^ bytes[at], 0x5f356495)
    }
    return this.#finish(a, b)
  }

  #finish(a: number, b: number): this {
    a = Math.imul(a ^ (a >>> 16), 0x85ebca6b) ^ Math.imul(b ^ (b >>> 13), 0xc2b2ae35)
    b = Math.imul(b ^ (b >>> 16), 0x85ebca6b) ^ Math.imul(a ^ (a >>> 13), 0xc2b2ae35)
    this.high = (a ^ (a >>> 16)) >>> 0
    this.low = (b ^ (b >>> 15)) >>> 0
    return this
  }
}

export function hash64(text: string): Hash64 {
  const { high, low } = new IdHasher().of(text)
  return { high, low }
}

/** Two hexadecimal digits of every byte: evidence names hashes by the thousand. */
const hexOfByte = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

export function hashHex(high: number, low: number): string {
  return hexOfHalf(high) + hexOfHalf(low)
}

function hexOfHalf(half: number): string {
  return hexOfByte[half >>> 24] + hexOfByte[(half >>> 16) & 255] + hexOfByte[(half >>> 8) & 255] + hexOfByte[half & 255]
}
