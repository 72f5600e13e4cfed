/** Rows in order of their ids. */
import { sliceLength } from '../../slices.ts'
import type { EnterpriseIds } from './ids.ts'

const bytes = 256

/**
 * By the bytes of the ids, in slices: from the last byte to the first, each time in the order of before where it is the same (a radix sort). It takes
 * half the time of comparing texts.
 */
export function* inOrderOfId(ids: EnterpriseIds, rows: readonly number[]): Generator<void, Int32Array> {
  const lengths = Uint8Array.from(rows, (row) => ids.lengthOf(row))
  const width = lengths.reduce((longest, length) => Math.max(longest, length), 0)
  const texts = new Uint8Array(rows.length * width)
  for (const [at, row] of rows.entries()) ids.copyTo(row, texts, at * width)
  let [order, next] = [Int32Array.from(rows.keys()), new Int32Array(rows.length)]
  // What one id has where another has ended is more than nothing, whatever byte it is: of those that are the same so far the shorter comes first.
  for (let byte = width; byte >= 0; byte--) {
    const isMoved = byte === width ? sortBy(lengths, 0, 1, order, next) : sortBy(texts, byte, width, order, next)
    if (isMoved) [order, next] = [next, order]
    if (rows.length > sliceLength) yield
  }
  return order.map((at) => rows[at])
}

const starts = new Int32Array(bytes + 1)

/**
 * Fills `to` with the items of `from` by the byte of each, which lies at `first + item * step`; of equal ones the first stays first. False, and
 * nothing is filled, where all have the same.
 */
function sortBy(keys: Uint8Array, first: number, step: number, from: Int32Array, to: Int32Array): boolean {
  starts.fill(0)
  for (let at = first; at < keys.length; at += step) starts[keys[at] + 1]++
  if (from.length === 0 || starts[keys[first] + 1] === from.length) return false
  for (let byte = 1; byte < bytes; byte++) starts[byte] += starts[byte - 1]
  for (let at = 0; at < from.length; at++) to[starts[keys[first + from[at] * step]]++] = from[at]
  return true
}
