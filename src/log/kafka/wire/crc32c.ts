/**
 * CRC-32C (Castagnoli, RFC 3720 appendix B.4): native where the package's binary for this machine is installed, else by a table, which
 * takes some ten times as long.
 */
import { createRequire } from 'node:module'
import { z } from 'zod'

export type Crc32c = (bytes: Uint8Array) => number

const Native = z.object({ crc32c: z.custom<Crc32c>((value) => typeof value === 'function') })

export const crc32c: Crc32c = native() ?? crc32cByTable

function native(): Crc32c | undefined {
  try {
    return Native.parse(createRequire(import.meta.url)('@node-rs/crc32')).crc32c
  } catch {
    return undefined // its binary is an optional package
  }
}

const reversedPolynomial = 0x82f63b78

const table = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte
  for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ ((crc & 1) === 1 ? reversedPolynomial : 0)
  return crc
})

export function crc32cByTable(bytes: Uint8Array): number {
  let crc = -1
  for (let at = 0; at < bytes.length; at++) crc = (crc >>> 8) ^ table[(crc ^ bytes[at]) & 255]
  return ~crc >>> 0
}
