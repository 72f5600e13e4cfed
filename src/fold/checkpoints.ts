/**
 * Checkpoints: all state of a task at one beat, part by part, in two slots in turn. The newest is used of which every part can be read. If
 * there is none, the newest of which the others can be folded again by themselves; otherwise the whole task is.
 */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { jsonOf } from '../json.ts'
import { secondMs } from '../limits.ts'
import type { KeptTask, TaskLog } from '../log/port.ts'
import { taskName } from '../log/tasks.ts'
import type { Listener } from '../notices.ts'
import { WordReader, WordWriter } from './pages.ts'
import type { StatePart } from './state.ts'
import type { FoldTask } from './task.ts'
import type { Turns } from './turns.ts'

const slots = [0, 1] as const

export const Manifest = z.object({
  foldVersion: z.int(),
  /** Hash of what the fold was configured with: profile, beat, model. */
  config: z.string(),
  beat: z.int(),
  /** Journal entries from this offset on are not in the checkpoint. */
  journal: z.int(),
  positions: z.array(z.int()),
  /** Running maximum of log time of each input; null before its first record. */
  maxTimesMs: z.array(z.number().nullable()),
  /** Each with the hashes of its pages, in the order in which they lie in the slot. */
  parts: z.array(z.object({ name: z.string(), version: z.int(), pages: z.array(z.string()) })),
})
export type Manifest = z.infer<typeof Manifest>
export type CheckpointHead = Omit<Manifest, 'parts'>

type Stateful = Pick<FoldTask, 'id' | 'state'>

/** Hashes of the pages of a slot, by slot, as far as they were written from here: what another holder wrote is not trusted unread. */
export type WrittenPages = Map<number, readonly string[]>

/** Writes the task's state to a slot, but for pages that lie there already; the manifest, with the hash of every page, comes last. */
export async function writeCheckpoint(
  task: Stateful,
  log: TaskLog,
  slot: number,
  head: CheckpointHead,
  { listener, now, written }: { listener: Listener; now: () => number; written: WrittenPages },
): Promise<void> {
  const begunMs = now()
  listener({ kind: 'CheckpointWriting', task: taskName(task.id), beat: head.beat, slot })
  const parts: Manifest['parts'] = []
  const before = written.get(slot) ?? []
  const all: string[] = []
  let bytes = 0
  function* changed(): Iterable<Uint8Array | undefined> {
    for (const part of task.state) {
      const first = all.length
      for (const page of pagesOf(part)) {
        const hash = sha256(page)
        const isThere = before[all.length] === hash
        all.push(hash)
        if (!isThere) bytes += page.length
        yield isThere ? undefined : page
      }
      parts.push({ name: part.name, version: part.version, pages: all.slice(first) })
    }
  }
  written.delete(slot) // one that is cut leaves nobody knows what
  await log.writeCheckpoint(slot, changed(), () => Buffer.from(JSON.stringify({ ...head, parts } satisfies Manifest)))
  written.set(slot, all)
  const pages = all.length
  const atMs = now()
  const seconds = (atMs - begunMs) / secondMs
  listener({ kind: 'CheckpointWritten', task: taskName(task.id), beat: head.beat, slot, pages, bytes, atMs, seconds })
}

/** A part as it is written. */
export function* pagesOf(part: StatePart): Iterable<Uint8Array> {
  const out = new WordWriter()
  for (const _ of part.save(out)) yield* out.takeFull()
  yield* out.finish()
}

type SavedPart = { version: number; pages: readonly Uint8Array[] }
/** A checkpoint of a task: what can be loaded of it, and why the rest cannot. */
type Found = {
  manifest: Manifest
  slot: number
  saved: Map<string, SavedPart>
  lost: { part: StatePart; why: string }[]
}

/** What a checkpoint must have been written by. `migrates`: an earlier version of the fold will do, as far as its parts can be read. */
export type Fits = { foldVersion: number; config: string; migrates?: boolean }

export type RestoreOptions = Fits & {
  listener: Listener
  turns: Turns
  /** Folds parts again by the journal, up to an entry. */
  refold: (parts: readonly StatePart[], end: number) => Promise<void>
}

/** `asWritten`: the state is what the slot holds, in the forms of this version. */
export type Loaded = { manifest: Manifest; slot: number; asWritten: boolean }

/** Loads a checkpoint into the task. Undefined: there is none to be used, and the log is folded from its start. */
export async function loadCheckpoint(
  task: Stateful,
  log: KeptTask,
  options: RestoreOptions,
): Promise<Loaded | undefined> {
  const { listener, turns, refold } = options
  const skip = (slot: number, why: string): void =>
    listener({ kind: 'CheckpointSkipped', task: taskName(task.id), slot, why })
  const manifests: { manifest: Manifest; slot: number }[] = []
  for (const slot of slots) {
    const manifest = await readManifest(log, slot, options, (why) => skip(slot, why))
    if (manifest) manifests.push({ manifest, slot })
  }
  const passed: Found[] = []
  let best: Found | undefined
  for (const one of manifests.sort((a, b) => b.manifest.beat - a.manifest.beat)) {
    const found = { ...one, ...(await readParts(task, log, one, turns)) }
    const isWhole = found.lost.length === 0
    if (isWhole || (best === undefined && found.lost.every(({ part }) => part.refold !== undefined))) best = found
    if (isWhole) break
    passed.push(found)
  }
  for (const one of passed) if (one !== best) skip(one.slot, one.lost.map(({ why }) => why).join('; '))
  if (best === undefined) return undefined
  const { manifest, slot, saved, lost } = best
  if (lost.length > 0) {
    listener({ kind: 'StateRefolded', task: taskName(task.id), slot, why: lost.map(({ why }) => why).join('; ') })
    await refold(
      lost.map(({ part }) => part),
      manifest.journal,
    )
  }
  for (const part of task.state) {
    const one = saved.get(part.name)
    if (one !== undefined) await turns.work(part.load(new WordReader(one.pages), one.version))
  }
  if (manifest.foldVersion !== options.foldVersion)
    listener({ kind: 'StateMigrated', task: taskName(task.id), slot, foldVersion: manifest.foldVersion })
  return { manifest, slot, asWritten: lost.length === 0 && isOfNow(task, manifest, options) }
}

const isOfNow = ({ state }: Stateful, { foldVersion, parts }: Manifest, fits: Fits): boolean =>
  foldVersion === fits.foldVersion &&
  state.every(({ name, version }) => parts.some((one) => one.name === name && one.version === version))

/** What a slot holds of a task. `missing`: why some of it cannot be read; `asWritten` as of `Loaded`. */
export type SlotState = {
  slot: number
  manifest: Manifest
  asWritten: boolean
  missing: readonly { part: StatePart; why: string }[]
}

/** Every slot with a manifest that can be read; all of its pages are looked at. `skip` is told of the others. */
export async function slotsOf(
  task: Stateful,
  log: KeptTask,
  { turns, skip = () => {}, ...fits }: Fits & { turns: Turns; skip?: (why: string) => void },
): Promise<SlotState[]> {
  const found: SlotState[] = []
  for (const slot of slots) {
    const manifest = await readManifest(log, slot, fits, skip)
    if (manifest === undefined) continue
    const { lost } = await readParts(task, log, { manifest, slot }, turns)
    found.push({ slot, manifest, asWritten: lost.length === 0 && isOfNow(task, manifest, fits), missing: lost })
  }
  return found
}

async function readManifest(
  log: KeptTask,
  slot: number,
  { foldVersion, config, migrates = false }: Fits,
  skip: (why: string) => void,
): Promise<Manifest | undefined> {
  const bytes = await log.readManifest(slot)
  if (bytes === undefined) return undefined
  const manifest = parsedBy(Manifest, bytes)
  const written = parsedBy(Version, bytes)?.foldVersion
  if (written !== undefined && written !== foldVersion && !(migrates && written < foldVersion))
    skip(`it was written by fold version ${written}`)
  else if (manifest === undefined) skip('the manifest cannot be read')
  else if (manifest.config !== config) skip('it was written under another configuration')
  else return manifest
  return undefined
}

/** Whether a slot was written by an earlier version of the fold. */
export async function hasOlder(log: KeptTask, foldVersion: number): Promise<boolean> {
  for (const slot of slots) {
    const bytes = await log.readManifest(slot)
    const written = bytes === undefined ? undefined : parsedBy(Version, bytes)?.foldVersion
    if (written !== undefined && written < foldVersion) return true
  }
  return false
}

/** What manifests of all versions say. */
const Version = z.looseObject({ foldVersion: z.int() })

function parsedBy<T>(contract: z.ZodType<T>, bytes: Uint8Array): T | undefined {
  try {
    return contract.safeParse(jsonOf(bytes)).data
  } catch {
    return undefined
  }
}

async function readParts(
  { state }: Stateful,
  log: KeptTask,
  { manifest, slot }: { manifest: Manifest; slot: number },
  turns: Turns,
): Promise<Pick<Found, 'saved' | 'lost'>> {
  const saved = new Map<string, SavedPart>()
  const why = new Map<string, string>()
  let first = 0
  for (const { name, version, pages: hashes } of manifest.parts) {
    const part = state.find((one) => one.name === name)
    const isRead = part !== undefined && (part.version === version || part.reads?.includes(version) === true)
    const pages = isRead ? await readPages(log, slot, { first, hashes }, turns) : undefined
    if (pages !== undefined) saved.set(name, { version, pages })
    else
      why.set(
        name,
        isRead ? `a page of ${name} is missing or does not match its hash` : `${name} is of version ${version}`,
      )
    first += hashes.length
  }
  const lost = state.filter(({ name }) => !saved.has(name))
  return { saved, lost: lost.map((part) => ({ part, why: why.get(part.name) ?? `it holds no ${part.name}` })) }
}

/** Undefined when one is missing or damaged. */
async function readPages(
  log: KeptTask,
  slot: number,
  { first, hashes }: { first: number; hashes: readonly string[] },
  turns: Turns,
): Promise<Uint8Array[] | undefined> {
  const pages: Uint8Array[] = []
  for (const [at, hash] of hashes.entries()) {
    if (turns.over) await turns.next()
    const page = await log.readPage(slot, first + at)
    if (page === undefined || sha256(page) !== hash) return undefined
    pages.push(page)
  }
  return pages
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
