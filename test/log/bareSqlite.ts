/** SQLite alone: the records of a log in one table, written and read again with nothing around it. */
import { DatabaseSync } from 'node:sqlite'
import type { LogRecord } from '../../src/log/port.ts'

const transactionRecords = 1_000

export class BareSqlite {
  readonly #db: DatabaseSync

  constructor(file: string) {
    this.#db = new DatabaseSync(file)
    this.#db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
    this.#db.exec('CREATE TABLE records (offset INTEGER PRIMARY KEY, time_ms INTEGER, key TEXT, value BLOB)')
  }

  write(records: readonly LogRecord[]): void {
    const insert = this.#db.prepare('INSERT INTO records (time_ms, key, value) VALUES (?, ?, ?)')
    for (let from = 0; from < records.length; from += transactionRecords) {
      this.#db.exec('BEGIN IMMEDIATE')
      for (const { timeMs, key, value } of records.slice(from, from + transactionRecords))
        insert.run(timeMs, key, value)
      this.#db.exec('COMMIT')
    }
  }

  /** Reads every record, and gives the bytes of all values. */
  read(): number {
    const select = this.#db.prepare('SELECT offset, time_ms, key, value FROM records ORDER BY offset')
    select.setReturnArrays(true)
    let bytes = 0
    for (const row of select.iterate()) {
      const value: unknown = Array.isArray(row) ? row[3] : undefined
      if (value instanceof Uint8Array) bytes += value.length
    }
    return bytes
  }

  close(): void {
    this.#db.close()
  }
}
