/**
 * The file of the read model: its tables, kept statements, and transactions. What it says of where it is in the log stands in the same
 * transaction as what was read up to there, so a process that is killed goes on exactly where the file says.
 */
import { randomUUID } from 'node:crypto'
import { rmSync } from 'node:fs'
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { ForewarnError, messageOf } from '../errors.ts'
import { schemaId, schemaSql } from './schema.ts'

const inMemory = ':memory:'
/** Of SQLite's errors those that say the disk is full. */
const sqliteFull = 13

export type Row = Readonly<Record<string, unknown>>

export class Store {
  readonly #db: DatabaseSync
  readonly #statements = new Map<string, StatementSync>()
  /** Names this build of the model: positions in its stream of changes mean nothing in another. */
  readonly epoch: string
  #version = 0

  /**
   * Opens the file for a log, or makes it anew: where there is none, where it is of another schema or another log, and where it is damaged.
   * @throws ForewarnError FW_READMODEL when it cannot be made.
   */
  static open(file: string, log: string, { anew = false } = {}): Store {
    const found = file === inMemory || anew ? undefined : opened(file, log)
    if (found !== undefined) return new Store(found)
    for (const end of ['', '-wal', '-shm']) if (file !== inMemory) rmSync(`${file}${end}`, { force: true })
    try {
      return new Store(made(file, log))
    } catch (error) {
      throw new ForewarnError('FW_READMODEL', [file, messageOf(error)], { cause: error })
    }
  }

  private constructor(db: DatabaseSync) {
    this.#db = db
    this.epoch = this.meta('epoch') ?? ''
  }

  /** Goes up with every transaction that changed something: what was asked before stands as long as it does not. */
  get version(): number {
    return this.#version
  }

  meta(name: string): string | undefined {
    const value = this.get('SELECT value FROM meta WHERE name = ?', name)?.value
    return typeof value === 'string' ? value : undefined
  }

  setMeta(name: string, value: string): void {
    this.run('INSERT INTO meta VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value', name, value)
  }

  run(sql: string, ...values: SQLInputValue[]): void {
    this.#statement(sql).run(...values)
  }

  get(sql: string, ...values: SQLInputValue[]): Row | undefined {
    return this.#statement(sql).get(...values)
  }

  all(sql: string, ...values: SQLInputValue[]): Row[] {
    return this.#statement(sql).all(...values)
  }

  /** One transaction: all of it or nothing. @throws ForewarnError FW_READMODEL_FULL when the disk is full; the file stays as it was. */
  write(work: () => void): void {
    this.#db.exec('BEGIN IMMEDIATE')
    try {
      work()
      this.#db.exec('COMMIT')
      this.#version++
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK')
      if (!isFull(error)) throw error
      throw new ForewarnError('FW_READMODEL_FULL', [], { cause: error })
    }
  }

  close(): void {
    this.#db.close()
  }

  #statement(sql: string): StatementSync {
    const known = this.#statements.get(sql)
    if (known !== undefined) return known
    const made = this.#db.prepare(sql)
    this.#statements.set(sql, made)
    return made
  }
}

/** A file that is there and fits; undefined for one that must be made anew. */
function opened(file: string, log: string): DatabaseSync | undefined {
  let db: DatabaseSync | undefined
  try {
    db = new DatabaseSync(file, { timeout: 2_000 })
    const of = db
      .prepare(
        "SELECT (SELECT value FROM meta WHERE name = 'schema') AS schema, (SELECT value FROM meta WHERE name = 'log') AS log",
      )
      .get()
    if (of?.schema === schemaId && of.log === log) return prepared(db)
  } catch {
    // no read model, or a damaged one
  }
  db?.close()
  return undefined
}

function made(file: string, log: string): DatabaseSync {
  const db = prepared(new DatabaseSync(file))
  db.exec(`BEGIN;${schemaSql}COMMIT`)
  const note = db.prepare('INSERT INTO meta VALUES (?, ?)')
  note.run('epoch', randomUUID().slice(0, 8))
  note.run('log', log)
  note.run('schema', schemaId) // last: a file that was cut before is made again
  return db
}

/** Every row can be read again from the log, so a crash of the machine may cost the last transactions, and never the file. */
function prepared(db: DatabaseSync): DatabaseSync {
  db.exec(
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -32768',
  )
  return db
}

function isFull(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === sqliteFull
}
