/** One partition of one topic: a table whose primary key is the offset, counted from 0 without gaps. */
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { ForewarnError } from '../../errors.ts'
import type { Batch, LogRecord, NewRecord, Range } from '../port.ts'
import { type Stamp, stampAfter } from '../stamp.ts'
import { broken } from './faults.ts'
import { bytesOf, columnsOf, headersOf, integerOf, textOf } from './rows.ts'

const rowsAtOnce = 2_048 // asked for together they cost a third less than one by one
const rowOverheadBytes = 24 // offset, time and lengths: roughly what a row costs beside its text and bytes

type Tail = { next: number; lastTimeMs: number }

export class PartitionTable {
  readonly #logName: string
  readonly #insert: StatementSync
  readonly #from: StatementSync
  readonly #some: StatementSync
  readonly #bytesOfSome: StatementSync
  readonly #latest: StatementSync
  readonly #ends: StatementSync
  readonly #last: StatementSync
  readonly #forget: StatementSync
  /** Kept by the one writer, so that an append need not look up where the partition ends. */
  #tail: Tail | undefined

  constructor(db: DatabaseSync, logName: string, table: string) {
    this.#logName = logName
    this.#insert = db.prepare(`INSERT INTO ${table} (offset, time_ms, key, value, headers) VALUES (?, ?, ?, ?, ?)`)
    const rows = `SELECT offset, time_ms, key, value, headers FROM ${table} WHERE offset >= ? ORDER BY offset`
    this.#from = db.prepare(rows)
    this.#some = db.prepare(`${rows} LIMIT ${rowsAtOnce}`)
    this.#bytesOfSome = db.prepare(
      `SELECT sum(bytes) FROM (SELECT length(value) AS bytes FROM ${table} WHERE offset >= ? ORDER BY offset LIMIT ${rowsAtOnce})`,
    )
    this.#latest = db.prepare(`SELECT max(time_ms) FROM ${table} WHERE offset >= ?`)
    // Two sub-selects: SQLite answers each from one end of the tree, but scans the table for min and max together.
    this.#ends = db.prepare(`SELECT (SELECT min(offset) FROM ${table}), (SELECT max(offset) FROM ${table})`)
    this.#last = db.prepare(`SELECT offset, time_ms FROM ${table} ORDER BY offset DESC LIMIT 1`)
    this.#forget = db.prepare(`DELETE FROM ${table} WHERE offset < ?`)
    for (const query of [this.#from, this.#some, this.#bytesOfSome, this.#latest, this.#ends, this.#last])
      query.setReturnArrays(true)
  }

  range(): Range {
    const [first, last] = columnsOf(this.#ends.get())
    return last === null ? { start: 0, end: 0 } : { start: integerOf(first), end: integerOf(last) + 1 }
  }

  /** Throws FW_LOG_TRUNCATED when records from `from` on were removed. */
  read(from: number, bytesMax: number): Batch {
    const records: LogRecord[] = []
    let bytes = 0
    for (const row of this.#fit(from, bytesMax) ? this.#some.all(from) : this.#from.iterate(from)) {
      const record = recordOf(row)
      bytes += recordBytes(record)
      if (records.length > 0 && bytes > bytesMax) break
      records.push(record)
    }
    const first = records[0]
    if (first !== undefined && first.offset > from && this.range().start > from) {
      throw new ForewarnError('FW_LOG_TRUNCATED', [this.#logName, from])
    }
    return { records, next: records.length === 0 ? from : records[records.length - 1].offset + 1 }
  }

  /** The greatest log time of records from an offset on; undefined where there are none. */
  greatestTimeMs(from: number): number | undefined {
    const [timeMs] = columnsOf(this.#latest.get(from))
    return timeMs === null ? undefined : integerOf(timeMs)
  }

  /** Whether the values of the rows that are asked for together are no more than so many bytes. */
  #fit(from: number, bytesMax: number): boolean {
    const [bytes] = columnsOf(this.#bytesOfSome.get(from))
    return bytes === null || integerOf(bytes) <= bytesMax
  }

  /** Adds one record inside the caller's transaction. Whoever rolls that back calls `forgetTail`. */
  append(record: NewRecord, stamp: Stamp): void {
    this.#tail ??= this.#readTail()
    const { next, lastTimeMs } = this.#tail
    const timeMs = record.timeMs ?? stampAfter(lastTimeMs, stamp)
    if (!Number.isSafeInteger(timeMs)) throw broken(`${timeMs} was given as a log time in milliseconds`)
    const headers = record.headers === undefined ? null : JSON.stringify(record.headers)
    this.#insert.run(next, timeMs, record.key, record.value, headers)
    this.#tail = { next: next + 1, lastTimeMs: timeMs }
  }

  /** Takes away records before an offset inside the caller's transaction, but the last: it says where the partition ends. */
  forgetBefore(offset: number): void {
    this.#forget.run(Math.min(offset, this.range().end - 1))
  }

  forgetTail(): void {
    this.#tail = undefined
  }

  #readTail(): Tail {
    const row = this.#last.get()
    if (row === undefined) return { next: 0, lastTimeMs: Number.NEGATIVE_INFINITY }
    const [offset, timeMs] = columnsOf(row)
    return { next: integerOf(offset) + 1, lastTimeMs: integerOf(timeMs) }
  }
}

/** About how many bytes a record takes on disk and in memory. */
export function recordBytes(record: NewRecord | LogRecord): number {
  let bytes = rowOverheadBytes + record.value.byteLength + (record.key?.length ?? 0)
  for (const name in record.headers) bytes += name.length + record.headers[name].length
  return bytes
}

function recordOf(row: unknown): LogRecord {
  const [offset, timeMs, key, value, headers] = columnsOf(row)
  return {
    offset: integerOf(offset),
    timeMs: integerOf(timeMs),
    key: key === null ? null : textOf(key),
    value: bytesOf(value),
    headers: headers === null ? null : headersOf(textOf(headers)),
  }
}
