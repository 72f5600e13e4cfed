/**
 * Where a task's checkpoints lie in its partition of the checkpoints topic. Each is one transaction: the pages that changed, then the
 * manifest, whose header says at which offset each page lies, those of earlier transactions too. The topic is compacted by
 * `<task>/<slot>/<page>`, so the newest of each page stays; only the newest two manifests are looked for.
 */
import type { Log, LogRecord } from '../port.ts'
import { recordsOf } from '../recordsOf.ts'

export type Slot = { manifest: Uint8Array; pages: readonly number[] }

export const pageKey = (task: string, slot: number, page: number | 'manifest'): string => `${task}/${slot}/${page}`
export const pagesHeader = 'page-offsets'
export const pagesText = (offsets: readonly number[]): string => offsets.join(' ')

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
    const { slot, record, pages } = manifest
    if (!found.has(slot)) found.set(slot, { manifest: record.value, pages })
    ;[upTo, back] = [beginOf(pages, record.offset), 2]
  }
  return found
}

type Found = { slot: number; record: LogRecord; pages: readonly number[] }

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
    last = { slot, record, pages: pagesFrom(record.headers?.[pagesHeader] ?? '') }
  }
  return last
}

/** Where the transaction began that ends with the manifest: a task alone writes its partition, so its pages have no gaps. */
function beginOf(pages: readonly number[], manifest: number): number {
  const written = new Set(pages)
  let first = manifest
  while (written.has(first - 1)) first--
  return first
}

/** None where the header is not what is written here: such a checkpoint is passed over. */
function pagesFrom(text: string): number[] {
  return text === '' ? [] : text.split(' ').map(Number).filter(Number.isSafeInteger)
}
