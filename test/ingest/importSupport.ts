/** What tests of imports share: one import, records with times, and a log that is cut in the middle of it. */
import { runImport } from '../../src/ingest/imports/import.ts'
import type { ImportOptions, ImportSummary } from '../../src/ingest/imports/importOptions.ts'
import type { Log } from '../../src/log/port.ts'
import { logOver } from '../support/logs.ts'
import { tinyProfile } from '../support/tinyProfile.ts'
import { event } from './support.ts'

export const now = (): number => Date.parse('2026-03-01T00:00:00Z')
export const at = (day: number, hour = 0): string => new Date(Date.UTC(2026, 0, day, hour)).toISOString()
export const known = (id: string, enterpriseId: string, day: number, hour = 0): object =>
  event(id, enterpriseId, at(day), { knownAt: at(day, hour) })

/** Imports files into a log: of the tiny profile, with the times in `knownAt`, unless `more` says otherwise. */
export async function run(
  log: Log,
  files: ImportOptions['files'],
  more: Partial<ImportOptions> = {},
): Promise<ImportSummary> {
  return runImport({ log, profile: tinyProfile, field: 'knownAt', files, now, ...more })
}

/** Fails at its n-th append. */
export function cutAfter(log: Log, appends: number): Log {
  let left = appends
  const append: Log['append'] = async (topic, partition, records) => {
    if (left-- === 0) throw new Error('cut')
    await log.append(topic, partition, records)
  }
  return logOver(log, { append })
}
