/** The archive of a folded log, and what of it a tick is judged again from. */

import type { Log } from '../../src/log/port.ts'
import { type Archive, ArchiveBefore } from '../../src/watch/verify.ts'
import { ArchiveRecord } from '../../streams/ticks.ts'
import { all } from './readFold.ts'

export async function archiveIn(log: Log): Promise<ArchiveRecord[]> {
  const found: ArchiveRecord[] = []
  for await (const record of all(log, 'ticks', ArchiveRecord.parse)) found.push(record)
  return found
}

/** From the last full state before the tick. */
export function archiveBefore(records: readonly ArchiveRecord[], tick: number): Archive {
  const found = new ArchiveBefore(tick)
  for (const record of records) found.take(record)
  return found
}
