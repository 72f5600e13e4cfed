/** Columns of numbers as bytes in a row of a table, little-endian whatever the machine. */

const littleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1

type Numbers = Uint8Array | Int32Array | Uint32Array | Float32Array | Float64Array

export function bytesOf(column: Numbers): Uint8Array {
  const bytes = new Uint8Array(column.buffer, column.byteOffset, column.byteLength)
  return littleEndian ? bytes : swapped(bytes, column.BYTES_PER_ELEMENT)
}

export const i32 = (bytes: unknown): Int32Array => new Int32Array(aligned(bytes, 4))
export const u32 = (bytes: unknown): Uint32Array => new Uint32Array(aligned(bytes, 4))
export const f32 = (bytes: unknown): Float32Array => new Float32Array(aligned(bytes, 4))
export const f64 = (bytes: unknown): Float64Array => new Float64Array(aligned(bytes, 8))
export const u8 = (bytes: unknown): Uint8Array => new Uint8Array(aligned(bytes, 1))

/** A copy of its own: what SQLite gives may begin anywhere in a buffer. */
function aligned(bytes: unknown, size: number): ArrayBuffer {
  if (!(bytes instanceof Uint8Array)) throw new TypeError('a column of the read model is no bytes')
  const copy = new Uint8Array(littleEndian ? bytes : swapped(bytes, size))
  return copy.buffer
}

function swapped(bytes: Uint8Array, size: number): Uint8Array {
  const found = new Uint8Array(bytes)
  for (let at = 0; at < found.length; at += size) found.subarray(at, at + size).reverse()
  return found
}
