/** The tables of the file: what the log is (meta), who holds its tasks, their checkpoints, and one table a topic partition. */
import type { DatabaseSync } from 'node:sqlite'
import { formerWireName, type TopicName, type TopicPrefixes, topicNames, wireName } from '../../../streams/topics.ts'
import { ForewarnError } from '../../errors.ts'
import { partitionsOf } from '../topology.ts'
import { isFault } from './faults.ts'
import { textOf } from './rows.ts'

/** Goes up with every change that an older program could not read. */
export const formatNumber = 1

const fixedTables = `
  CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS task_epochs (task TEXT PRIMARY KEY, epoch INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS checkpoint_manifests (
    task TEXT NOT NULL, slot INTEGER NOT NULL, manifest BLOB NOT NULL, PRIMARY KEY (task, slot));
  CREATE TABLE IF NOT EXISTS checkpoint_pages (
    task TEXT NOT NULL, slot INTEGER NOT NULL, page INTEGER NOT NULL, bytes BLOB NOT NULL,
    PRIMARY KEY (task, slot, page));`

/** The table of a topic partition, quoted for SQL: `"forewarn.risk-events.v1#0"`. */
function tableName(topic: TopicName, partition: number, prefixes: TopicPrefixes): string {
  return quoted(wireName(topic, prefixes), partition)
}

const quoted = (wire: string, partition: number): string => `"${wire.replaceAll('"', '""')}#${partition}"`

/** Makes whatever is missing, inside the caller's transaction. */
export function createTables(db: DatabaseSync, partitions: number, prefixes: TopicPrefixes): void {
  db.exec(fixedTables)
  const note = db.prepare('INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT DO NOTHING')
  note.run('format', String(formatNumber))
  note.run('partitions', String(partitions))
  for (const { table, former } of topicTables(partitions, prefixes)) {
    if (has(db, table)) continue
    // The topic goes on: what an earlier version wrote stands before what this one writes.
    if (has(db, former)) db.exec(`ALTER TABLE ${former} RENAME TO ${table}`)
    else db.exec(`CREATE TABLE ${table} ${columns}`)
  }
}

/** An older version has fewer topics and tasks: to a reader of its log, tables that are missing are there, and empty. */
export function standInTables(db: DatabaseSync, partitions: number, prefixes: TopicPrefixes): void {
  for (const { table, former } of topicTables(partitions, prefixes)) {
    if (!has(db, table) && !has(db, former)) db.exec(`CREATE TEMP TABLE ${table} ${columns}`)
  }
}

/** The table in which a topic partition lies; of a log that an earlier version wrote and no later one opened to write, under its former name. */
export function tableIn(db: DatabaseSync, topic: TopicName, partition: number, prefixes: TopicPrefixes): string {
  const table = tableName(topic, partition, prefixes)
  const wire = formerWireName(topic, prefixes)
  const former = wire === undefined ? undefined : quoted(wire, partition)
  return !has(db, table) && has(db, former) ? former : table
}

function has(db: DatabaseSync, table: string | undefined): table is string {
  if (table === undefined) return false
  return (
    db.prepare(`SELECT 1 FROM sqlite_schema WHERE type = 'table' AND printf('"%w"', name) = ?`).get(table) !== undefined
  )
}

const columns = '(offset INTEGER PRIMARY KEY, time_ms INTEGER NOT NULL, key TEXT, value BLOB NOT NULL, headers TEXT)'

type TopicTable = { table: string; former: string | undefined }

function topicTables(partitions: number, prefixes: TopicPrefixes): TopicTable[] {
  return topicNames.flatMap((topic) => {
    const former = formerWireName(topic, prefixes)
    return Array.from({ length: partitionsOf(topic, partitions) }, (_, partition) => ({
      table: tableName(topic, partition, prefixes),
      former: former === undefined ? undefined : quoted(former, partition),
    }))
  })
}

/** True when the tables of these prefixes are there. */
export function hasTables(db: DatabaseSync, prefixes: TopicPrefixes): boolean {
  const find = db.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?")
  return find.get(`${wireName('journal', prefixes)}#0`) !== undefined
}

/** Partitions of a log that is there, undefined for an empty file. FW_LOG_FORMAT when another program wrote it. */
export function readPartitions(db: DatabaseSync, path: string): number | undefined {
  const format = readMeta(db, path, 'format')
  if (format === undefined) return undefined
  if (format !== String(formatNumber)) throw new ForewarnError('FW_LOG_FORMAT', [path, format, formatNumber])
  const partitions = Number(readMeta(db, path, 'partitions'))
  if (!Number.isSafeInteger(partitions) || partitions < 1) {
    throw new ForewarnError('FW_LOG_FORMAT', [path, 'without partitions', formatNumber])
  }
  return partitions
}

function readMeta(db: DatabaseSync, path: string, name: string): string | undefined {
  try {
    if (db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'meta'").get() === undefined) return undefined
    const row = db.prepare('SELECT value FROM meta WHERE name = ?').get(name)
    return row === undefined ? undefined : textOf(row.value)
  } catch (error) {
    if (!isFault(error, 'notADatabase')) throw error
    throw new ForewarnError('FW_LOG_FORMAT', [path, 'unknown', formatNumber], { cause: error })
  }
}
