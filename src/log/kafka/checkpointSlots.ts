/**
 * Where a task's checkpoints lie in its partition of the checkpoints topic. Each is one transaction: pages one after another, then the
 * manifest, which says how many pages stand before it. The topic is compacted by `<task>/<slot>/<page>`; only the newest two are looked for.
 */
import type { Log, LogRecord } from '../port.ts'
import { recordsOf } from '../recordsOf.ts'

export type Slot = { manifest: Uint8Array; pages: readonly number[] }

export const pageKey = (task: string, slot: number, page: number | 'manifest'): string => `${task}/${slot}/${page}`
export const pagesHeader = 'pages'

/** Looks back from the end of the partition: past each manifest found, over its pages at once. */
export async function newestSlots(log: Log, partition: number, task: string): Promise<Map<number, Slot>> {
  const found = new Map<number, Slot>()
  const { start, end } = await log.range('checkpoints', partition)
  let [upTo, back] = [end, 2] // a manifest and the marker of its transaction
  while (upTo > start && found.size < 2) {
    const from = Math.max(start, upTo - back)
    const manifest = await lastManifest(log, partition, task, from, upTo)
    if (manifest === undefined) {
      ;[upTo, back] = [from, back * 2]
      continue
    }
    const { slot, record, first } = manifest
    if (!found.has(slot)) found.set(slot, { manifest: record.value, pages: offsets(first, record.offset) })
    ;[upTo, back] = [first, 2]
  }
  return found
}

type Found = { slot: number; record: LogRecord; first: number }

async function lastManifest(
  log: Log,
  partition: number,
  task: string,
  from: number,
  upTo: number,
): Promise<Found | undefined> {
  let last: Found | undefined
  for await (const record of recordsOf(log, 'checkpoints', partition, from)) {
    if (record.offset >= upTo) break
    const slot = [0, 1].find((one) => record.key === pageKey(task, one, 'manifest'))
    if (slot === undefined) continue
    last = { slot, record, first: record.offset - Number(record.headers?.[pagesHeader] ?? 0) }
  }
  return last
}

/** A task alone writes its partition, so the pages of one transaction have no gaps. */
export function offsets(first: number, end: number): number[] {
  return Array.from({ length: end - first }, (_, at) => first + at)
}
