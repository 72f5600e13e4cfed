/** The tables of the file: what the log is (meta), who holds its tasks, their checkpoints, and one table a topic partition. */
import type { DatabaseSync } from 'node:sqlite'
import { type TopicName, type TopicPrefixes, topicNames, wireName } from '../../../streams/topics.ts'
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
export function tableName(topic: TopicName, partition: number, prefixes: TopicPrefixes): string {
  return `"${wireName(topic, prefixes).replaceAll('"', '""')}#${partition}"`
}

/** Makes whatever is missing, inside the caller's transaction. */
export function createTables(db: DatabaseSync, partitions: number, prefixes: TopicPrefixes): void {
  db.exec(fixedTables)
  const note = db.prepare('INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT DO NOTHING')
  note.run('format', String(formatNumber))
  note.run('partitions', String(partitions))
  for (const table of topicTables(partitions, prefixes)) db.exec(`CREATE TABLE IF NOT EXISTS ${table} ${columns}`)
}

/** An older version has fewer topics and tasks: to a reader of its log, tables that are missing are there, and empty. */
export function standInTables(db: DatabaseSync, partitions: number, prefixes: TopicPrefixes): void {
  const find = db.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND printf('\"%w\"', name) = ?")
  for (const table of topicTables(partitions, prefixes))
    if (find.get(table) === undefined) db.exec(`CREATE TEMP TABLE ${table} ${columns}`)
}

const columns = '(offset INTEGER PRIMARY KEY, time_ms INTEGER NOT NULL, key TEXT, value BLOB NOT NULL, headers TEXT)'

function topicTables(partitions: number, prefixes: TopicPrefixes): string[] {
  return topicNames.flatMap((topic) =>
    Array.from({ length: partitionsOf(topic, partitions) }, (_, partition) => tableName(topic, partition, prefixes)),
  )
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
