/** Narrows what SQLite returns. The tables are ours, so anything else than expected is a broken file or a bug: FW_INTERNAL. */
import type { Headers } from '../port.ts'
import { broken } from './faults.ts'

/** The columns of a row of a statement that returns arrays. */
export function columnsOf(row: unknown): readonly unknown[] {
  if (Array.isArray(row)) return row
  throw broken('the log returned a row that is no list of columns')
}

export function integerOf(value: unknown): number {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value
  throw broken('the log holds something else where an integer belongs')
}

export function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  throw broken('the log holds something else where text belongs')
}

export function bytesOf(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value
  throw broken('the log holds something else where bytes belong')
}

/** Headers as they were written: one JSON object whose values are text. */
export function headersOf(json: string): Headers {
  const parsed: unknown = JSON.parse(json)
  if (typeof parsed !== 'object' || parsed === null) throw broken('the log holds headers that are no object')
  return Object.fromEntries(Object.entries(parsed).map(([name, value]) => [name, textOf(value)]))
}
