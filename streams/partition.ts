/** Kafka's default partitioner: murmur2 of the key's bytes, made positive, modulo the number of partitions. */
const seed = 0x9747b28c
const m = 0x5bd1e995
const r = 24

export function murmur2(bytes: Uint8Array, length = bytes.length): number {
  let h = seed ^ length
  const whole = length - (length % 4)
  for (let at = 0; at < whole; at += 4) {
    let k = bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24)
    k = Math.imul(k, m)
    k ^= k >>> r
    h = Math.imul(h, m) ^ Math.imul(k, m)
  }
  const rest = length % 4
  if (rest > 2) h ^= bytes[whole + 2] << 16
  if (rest > 1) h ^= bytes[whole + 1] << 8
  if (rest > 0) h = Math.imul(h ^ bytes[whole], m)
  h ^= h >>> 13
  h = Math.imul(h, m)
  return h ^ (h >>> 15)
}

const utf8 = new TextEncoder()
/** Used again by each call: to make an array for a key takes longer than to hash it. */
const keyBytes = new Uint8Array(1_024)

export function partitionOf(key: string, partitions: number): number {
  return (hashOf(key) & 0x7fffffff) % partitions
}

function hashOf(key: string): number {
  if (key.length * 3 > keyBytes.length) return murmur2(utf8.encode(key))
  for (let at = 0; at < key.length; at++) {
    const unit = key.charCodeAt(at)
    if (unit > 0x7f) return murmur2(keyBytes, utf8.encodeInto(key, keyBytes).written)
    keyBytes[at] = unit
  }
  return murmur2(keyBytes, key.length)
}
