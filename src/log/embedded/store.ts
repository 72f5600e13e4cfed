/** The open database: its tables, its kept statements, and the one way to write to it. */
import { statSync } from 'node:fs'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import type { TopicName, TopicPrefixes } from '../../../streams/topics.ts'
import { ForewarnError } from '../../errors.ts'
import { partitionsOf } from '../topology.ts'
import { Changes } from './changes.ts'
import { broken, isFault, writeFault } from './faults.ts'
import { databaseFile } from './folder.ts'
import { PartitionTable } from './partitionTable.ts'
import { columnsOf, integerOf } from './rows.ts'
import { createTables, hasTables, readPartitions, standInTables, tableIn } from './schema.ts'

const busyTimeoutMs = 5_000 // a reader waits so long while a killed writer's last pages are recovered

export type Mode = 'write' | 'read'
export type StoreOptions = { path: string; mode: Mode; partitions: number | undefined; prefixes: TopicPrefixes }

export class Store {
  readonly name: string
  readonly partitions: number
  readonly changes: Changes
  readonly #options: StoreOptions
  readonly #db: DatabaseSync
  readonly #tables = new Map<string, PartitionTable>()
  readonly #statements = new Map<string, StatementSync>()
  /** A write that is done in slices is under way. */
  #slicing: Promise<void> | undefined

  /** Throws FW_LOG_NOT_FOUND (reading), FW_LOG_FORMAT, FW_CONFIG_CHANGED (another number of partitions) or FW_LOG_FULL (a new log). */
  constructor(options: StoreOptions) {
    this.name = `embedded:${options.path}`
    this.#options = options
    this.#db = openDatabase(options)
    try {
      this.partitions = options.mode === 'write' ? this.#prepareForWriting() : this.#checkForReading()
      this.changes = new Changes(() => this.#dataVersion())
    } catch (error) {
      this.#db.close()
      throw error
    }
  }

  table(topic: TopicName, partition: number): PartitionTable {
    const place = `${topic}#${partition}`
    let table = this.#tables.get(place)
    if (table === undefined) {
      if (!(partition >= 0 && partition < partitionsOf(topic, this.partitions))) {
        throw broken(`the log has no partition ${place}`)
      }
      table = new PartitionTable(this.#db, this.name, tableIn(this.#db, topic, partition, this.#options.prefixes))
      this.#tables.set(place, table)
    }
    return table
  }

  /** A statement that is prepared once. Its rows are arrays of columns. */
  statement(sql: string): StatementSync {
    let statement = this.#statements.get(sql)
    if (statement === undefined) {
      statement = this.#db.prepare(sql)
      statement.setReturnArrays(true)
      this.#statements.set(sql, statement)
    }
    return statement
  }

  /** Runs `work` in one transaction that is on disk when this returns; when anything throws, nothing of it is there. */
  write<T>(work: () => T): T {
    this.#checkWritable()
    const result = this.#transaction(work)
    this.changes.mark()
    return result
  }

  /** The same in slices, between which the server goes on. */
  async writeInSlices(work: () => Iterable<void>): Promise<void> {
    this.#checkWritable()
    while (this.#slicing !== undefined) await this.#slicing
    const over = Promise.withResolvers<void>()
    this.#slicing = over.promise
    try {
      this.#begin()
      const slices = this.#within(() => work()[Symbol.iterator]())
      while (this.#within(() => slices.next().done) !== true) await nextTurn()
      this.#commit()
    } finally {
      this.#slicing = undefined
      over.resolve()
    }
    this.changes.mark()
  }

  /** Reads or writes when no write in slices is half done: what is read is committed. */
  async whenSettled<T>(work: () => T): Promise<T> {
    while (this.#slicing !== undefined) await this.#slicing
    return work()
  }

  /** Writes the database anew without the pages that nothing stands in. @throws ForewarnError FW_LOG_FULL. */
  vacuum(): void {
    this.#checkWritable()
    try {
      this.#db.exec('VACUUM; PRAGMA wal_checkpoint(TRUNCATE)')
    } catch (error) {
      throw writeFault(error)
    }
  }

  close(): void {
    this.changes.wakeAll()
    this.#db.close()
  }

  #checkWritable(): void {
    if (this.#options.mode === 'read') throw broken('a log opened for reading was asked to write')
  }

  #transaction<T>(work: () => T): T {
    this.#begin()
    const result = this.#within(work)
    this.#commit()
    return result
  }

  #begin(): void {
    if (this.#db.isTransaction) throw broken('a write began inside another write')
    this.#within(() => this.#db.exec('BEGIN IMMEDIATE'))
  }

  #commit(): void {
    this.#within(() => this.#db.exec('COMMIT'))
  }

  /** Part of a transaction: when it throws, nothing of the whole is there. */
  #within<T>(work: () => T): T {
    try {
      return work()
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK') // SQLite may have rolled back by itself
      for (const table of this.#tables.values()) table.forgetTail()
      throw writeFault(error)
    }
  }

  #prepareForWriting(): number {
    const { path, partitions: asked, prefixes } = this.#options
    const found = readPartitions(this.#db, path)
    if (found !== undefined && asked !== undefined && found !== asked) {
      throw new ForewarnError('FW_CONFIG_CHANGED', [`${found} partitions`, `${asked}`])
    }
    const partitions = found ?? asked ?? 1
    try {
      this.#db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
      this.#db.exec('PRAGMA journal_size_limit = 67108864') // a large checkpoint leaves no large file behind
    } catch (error) {
      throw writeFault(error)
    }
    this.#transaction(() => createTables(this.#db, partitions, prefixes))
    return partitions
  }

  #checkForReading(): number {
    const { path, prefixes } = this.#options
    const partitions = readPartitions(this.#db, path)
    if (partitions === undefined || !hasTables(this.#db, prefixes)) throw new ForewarnError('FW_LOG_NOT_FOUND', [path])
    standInTables(this.#db, partitions, prefixes)
    return partitions
  }

  #dataVersion(): number {
    return integerOf(columnsOf(this.statement('PRAGMA data_version').get())[0])
  }
}

function openDatabase({ path, mode }: StoreOptions): DatabaseSync {
  if (path === ':memory:' && mode === 'write') return new DatabaseSync(path)
  const file = databaseFile(path)
  if (mode === 'write') return new DatabaseSync(file, { timeout: busyTimeoutMs })
  if (statSync(file, { throwIfNoEntry: false }) === undefined) throw new ForewarnError('FW_LOG_NOT_FOUND', [path])
  return openToRead(file)
}

/**
 * Readers of a write-ahead log share a file beside it, which they make where there is none. Where they may not, a log at rest (nothing
 * is left in its write-ahead file, and nobody writes it) is read as a file that does not change.
 */
function openToRead(file: string): DatabaseSync {
  const db = new DatabaseSync(file, { readOnly: true, timeout: busyTimeoutMs })
  try {
    db.prepare('SELECT count(*) FROM sqlite_schema').get()
    return db
  } catch (error) {
    if (!isFault(error, 'cannotOpen') && !isFault(error, 'readOnly')) return db // whoever reads on meets it, and knows what it means
    db.close()
    if ((statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0) throw error
    const unchanging = pathToFileURL(file)
    unchanging.search = 'immutable=1'
    return new DatabaseSync(unchanging, { readOnly: true })
  }
}
