/** Arrays of float32 in a JSON file: base64 of their little-endian bytes, so that a model reads back bit for bit. */
import { Buffer } from 'node:buffer'

export function base64OfFloats(values: ArrayLike<number>): string {
  const bytes = Buffer.alloc(values.length * 4)
  for (let at = 0; at < values.length; at++) bytes.writeFloatLE(values[at], at * 4)
  return bytes.toString('base64')
}

/** @throws Error when the text is not `count` finite float32; `where` says what was read. */
export function floatsOfBase64(text: string, count: number, where: string): Float32Array {
  const bytes = Buffer.from(text, 'base64')
  if (bytes.length !== count * 4) throw new Error(`${where}: ${bytes.length} bytes, ${count} float32 need ${count * 4}`)
  const values = Float32Array.from({ length: count }, (_, at) => bytes.readFloatLE(at * 4))
  if (!values.every(Number.isFinite)) throw new Error(`${where}: holds a value that is not finite`)
  return values
}
