/** Checkpoints: all state of a task at one beat, in two slots in turn. A damaged one is skipped, and the older one used. */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { jsonOf } from '../json.ts'
import type { TaskLog } from '../log/port.ts'
import { taskName } from '../log/tasks.ts'
import type { Tell } from '../notices.ts'
import type { FoldTask } from './task.ts'
import type { Turns } from './turns.ts'

const slots = [0, 1] as const

const Manifest = z.object({
  foldVersion: z.int(),
  /** Hash of what the fold was configured with: profile, beat, model. */
  config: z.string(),
  beat: z.int(),
  /** Journal entries from this offset on are not in the checkpoint. */
  journal: z.int(),
  positions: z.array(z.int()),
  /** Running maximum of log time of each input; null before its first record. */
  maxTimesMs: z.array(z.number().nullable()),
  pages: z.array(z.string()),
})
export type Manifest = z.infer<typeof Manifest>
export type CheckpointHead = Omit<Manifest, 'pages'>

/** Writes the task's state to a slot; the manifest, with the hash of every page, comes last. */
export async function writeCheckpoint(
  task: FoldTask,
  log: TaskLog,
  slot: number,
  head: CheckpointHead,
  tell: Tell,
): Promise<void> {
  tell({ kind: 'CheckpointWriting', task: taskName(task.id), beat: head.beat, slot })
  const pages: string[] = []
  let bytes = 0
  function* hashed(): Iterable<Uint8Array> {
    for (const page of task.save()) {
      pages.push(sha256(page))
      bytes += page.length
      yield page
    }
  }
  await log.writeCheckpoint(slot, hashed(), () => Buffer.from(JSON.stringify({ ...head, pages } satisfies Manifest)))
  tell({ kind: 'CheckpointWritten', task: taskName(task.id), beat: head.beat, slot, pages: pages.length, bytes })
}

/** Loads the newest checkpoint whose pages all match into the task. Undefined: there is none, and the log is folded from its start. */
export async function loadCheckpoint(
  task: FoldTask,
  log: TaskLog,
  fits: { foldVersion: number; config: string },
  { tell, turns }: { tell: Tell; turns: Turns },
): Promise<{ manifest: Manifest; slot: number } | undefined> {
  const found: { manifest: Manifest; slot: number }[] = []
  for (const slot of slots) {
    const manifest = await readManifest(log, slot, fits, (why) =>
      tell({ kind: 'CheckpointSkipped', task: taskName(task.id), slot, why }),
    )
    if (manifest) found.push({ manifest, slot })
  }
  for (const { manifest, slot } of found.sort((a, b) => b.manifest.beat - a.manifest.beat)) {
    const pages = await readPages(log, slot, manifest, turns)
    if (pages === undefined) {
      tell({
        kind: 'CheckpointSkipped',
        task: taskName(task.id),
        slot,
        why: 'a page is missing or does not match its hash',
      })
      continue
    }
    await turns.work(task.load(pages))
    return { manifest, slot }
  }
  return undefined
}

async function readManifest(
  log: TaskLog,
  slot: number,
  fits: { foldVersion: number; config: string },
  skip: (why: string) => void,
): Promise<Manifest | undefined> {
  const bytes = await log.readManifest(slot)
  if (bytes === undefined) return undefined
  const manifest = parseManifest(bytes)
  if (manifest === undefined) skip('the manifest cannot be read')
  else if (manifest.foldVersion !== fits.foldVersion) skip(`it was written by fold version ${manifest.foldVersion}`)
  else if (manifest.config !== fits.config) skip('it was written under another configuration')
  else return manifest
  return undefined
}

function parseManifest(bytes: Uint8Array): Manifest | undefined {
  try {
    return Manifest.safeParse(jsonOf(bytes)).data
  } catch {
    return undefined
  }
}

async function readPages(
  log: TaskLog,
  slot: number,
  manifest: Manifest,
  turns: Turns,
): Promise<Uint8Array[] | undefined> {
  const pages: Uint8Array[] = []
  for (const [at, hash] of manifest.pages.entries()) {
    if (turns.over) await turns.next()
    const page = await log.readPage(slot, at)
    if (page === undefined || sha256(page) !== hash) return undefined
    pages.push(page)
  }
  return pages
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
