/** Damages a checkpoint as a bad disk would: one byte of one page, in the file of a log that nobody writes. */
import { DatabaseSync } from 'node:sqlite'
import { databaseFile } from '../../src/log/embedded/folder.ts'

/** `task`: as notices name it. */
export type Damage = { task: string; slot: number; page: number; byte: number }

/** `draw`: a whole number below its argument. Hits the newest checkpoint of one task; undefined when there is none. */
export function flipCheckpointByte(folder: string, draw: (below: number) => number): Damage | undefined {
  const db = new DatabaseSync(databaseFile(folder))
  try {
    const newest = newestSlots(db)
    if (newest.length === 0) return undefined
    const { task, slot } = newest[draw(newest.length)]
    const pages = db
      .prepare('SELECT page, bytes FROM checkpoint_pages WHERE task = ? AND slot = ? ORDER BY page')
      .all(task, slot)
    const { page, bytes } = pages[draw(pages.length)]
    if (!(bytes instanceof Uint8Array) || bytes.length === 0) return undefined
    const byte = draw(bytes.length)
    bytes[byte] ^= 1 << draw(8)
    db.prepare('UPDATE checkpoint_pages SET bytes = ? WHERE task = ? AND slot = ? AND page = ?').run(
      bytes,
      task,
      slot,
      page,
    )
    return { task: String(task), slot: Number(slot), page: Number(page), byte }
  } finally {
    db.close()
  }
}

/** The slot of each task that a restore would take. */
function newestSlots(db: DatabaseSync): { task: string; slot: number }[] {
  const newest = new Map<string, { task: string; slot: number; beat: number }>()
  for (const row of db.prepare('SELECT task, slot, manifest FROM checkpoint_manifests ORDER BY task, slot').all()) {
    if (!(row.manifest instanceof Uint8Array)) throw new Error('a manifest is not bytes')
    const { beat }: { beat: number } = JSON.parse(Buffer.from(row.manifest).toString('utf8'))
    const found = { task: String(row.task), slot: Number(row.slot), beat }
    if (beat > (newest.get(found.task)?.beat ?? Number.NEGATIVE_INFINITY)) newest.set(found.task, found)
  }
  return [...newest.values()]
}
