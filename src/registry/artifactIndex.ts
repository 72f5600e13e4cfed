/**
 * The artefacts of a log by hash, put together from their chunks. What it says of an artefact follows from the records of the topic
 * alone, in their order: every task says the same. One that is complete never changes again; until then a chunk that comes
 * once more with other bytes replaces the one before, so that a spoilt one is mended by publishing again.
 */
import { z } from 'zod'
import { ArtifactChunk, type ArtifactKind, artifactKinds } from '../../streams/artifacts.ts'
import type { Fate } from '../../streams/outputs.ts'
import type { Profile } from '../../streams/profile.ts'
import type { ErrorCode } from '../errors.ts'
import {
  artifactBytesMax,
  artifactFilesMax,
  artifactRecordBytesMax,
  artifactsBytesMax,
  artifactsMax,
} from '../limits.ts'
import type { LogRecord } from '../log/port.ts'
import { invalid, parseObject } from '../records.ts'
import { bytesIn, type FolderFiles, folderHash, misfitOf, modelFiles } from './modelFolder.ts'
import { profileFile, profileHash, profileMisfit } from './profileFolder.ts'

/** `timeMs`: log time of the chunk's record. */
type Piece = { bytes: Uint8Array; timeMs: number }
/** `knownMs`: log time of the last chunk that it needed. `misfit`: why it cannot score under the profile. */
type Complete = { knownMs: number; misfit: string | undefined }
type Held = {
  kind: ArtifactKind
  hash: string
  files: Map<string, (Piece | undefined)[]>
  bytes: number
  complete: Complete | undefined
}

/** What every folder of a kind holds, what its hash is, and why it cannot be used in a log of a profile. */
const folders = {
  model: { needs: modelFiles, hashOf: folderHash, misfitOf },
  profile: { needs: [profileFile], hashOf: profileHash, misfitOf: profileMisfit },
} as const satisfies Record<ArtifactKind, object>

/** What a log holds of an artefact. `mismatch`: all that such a folder needs is there, and the hash is another one. */
export type ArtifactState = 'unknown' | 'incomplete' | 'mismatch' | ({ files: FolderFiles } & Complete)

export type ChunkOutcome = { fate: Fate; code?: ErrorCode; detail: string }

const SavedPiece = z.tuple([z.base64(), z.number()]).nullable()
export const SavedArtifact = z.object({
  kind: z.enum(artifactKinds),
  hash: z.string(),
  files: z.array(z.tuple([z.string(), z.array(SavedPiece)])),
  complete: z.object({ knownMs: z.number(), misfit: z.string().optional() }).optional(),
})
type SavedArtifact = z.infer<typeof SavedArtifact>

export class ArtifactIndex {
  readonly #profile: Profile
  readonly #held = new Map<string, Held>()
  #bytes = 0

  constructor(profile: Profile) {
    this.#profile = profile
  }

  /** In the order in which they came. */
  hashesOf(kind: ArtifactKind): string[] {
    return [...this.#held.values()].flatMap((held) => (held.kind === kind ? [held.hash] : []))
  }

  get completeCount(): number {
    return [...this.#held.values()].filter(({ complete }) => complete !== undefined).length
  }

  take({ value, timeMs }: LogRecord): ChunkOutcome {
    const parsed = parseObject(value, artifactRecordBytesMax)
    if ('refused' in parsed) return dead(parsed.refused, parsed.detail)
    const checked = ArtifactChunk.safeParse(parsed.json)
    if (!checked.success) {
      const { refused, detail } = invalid(checked.error)
      return dead(refused, detail)
    }
    return this.#put(checked.data, { bytes: Buffer.from(checked.data.bytes, 'base64'), timeMs })
  }

  stateOf(kind: ArtifactKind, hash: string): ArtifactState {
    const held = this.#held.get(keyOf(kind, hash))
    if (held === undefined) return 'unknown'
    if (held.complete !== undefined)
      return {
        /** Put together when they are asked for: a change that waits is looked at in every beat, and they may be megabytes. */
        get files() {
          return wholeFiles(held)
        },
        ...held.complete,
      }
    const whole = folders[kind].needs.every(
      (name) => held.files.get(name)?.every((piece) => piece !== undefined) === true,
    )
    return whole ? 'mismatch' : 'incomplete'
  }

  /** Why the log has no room for a folder; undefined when it has, or holds it already. */
  obstacleTo(kind: ArtifactKind, hash: string, files: FolderFiles): string | undefined {
    const held = this.#held.get(keyOf(kind, hash))
    return held?.complete === undefined ? this.#excess(held, bytesIn(files) - (held?.bytes ?? 0)) : undefined
  }

  get count(): number {
    return this.#held.size
  }

  /** One after the other: together they may be large. */
  *save(): Generator<SavedArtifact> {
    for (const { kind, hash, files, complete } of this.#held.values())
      yield {
        kind,
        hash,
        files: [...files].map(([name, pieces]) => [
          name,
          pieces.map((piece) =>
            piece === undefined ? null : [Buffer.from(piece.bytes).toString('base64'), piece.timeMs],
          ),
        ]),
        ...(complete === undefined ? {} : { complete }),
      }
  }

  load({ kind, hash, files, complete }: SavedArtifact): void {
    const held = newHeld(kind, hash)
    for (const [name, pieces] of files) {
      held.files.set(
        name,
        pieces.map((piece) =>
          piece === null ? undefined : { bytes: Buffer.from(piece[0], 'base64'), timeMs: piece[1] },
        ),
      )
      held.bytes += bytesOf(held.files.get(name))
    }
    if (complete !== undefined) held.complete = { knownMs: complete.knownMs, misfit: complete.misfit }
    this.#held.set(keyOf(kind, hash), held)
    this.#bytes += held.bytes
  }

  #put({ kind, hash, file, chunk, chunks }: ArtifactChunk, piece: Piece): ChunkOutcome {
    const known = this.#held.get(keyOf(kind, hash))
    if (known?.complete !== undefined) return { fate: 'duplicate', detail: '' }
    const held = known ?? newHeld(kind, hash)
    const before = held.files.get(file)
    if (before === undefined && held.files.size >= artifactFilesMax)
      return dead('FW_ARTIFACT_LIMIT', `it has more than ${artifactFilesMax} files`)
    const pieces: (Piece | undefined)[] =
      before?.length === chunks ? [...before] : new Array<Piece | undefined>(chunks).fill(undefined)
    const there = pieces[chunk]
    if (there !== undefined && Buffer.compare(there.bytes, piece.bytes) === 0) return { fate: 'duplicate', detail: '' }
    pieces[chunk] = piece
    const more = bytesOf(pieces) - bytesOf(before)
    const excess = this.#excess(known, more)
    if (excess !== undefined) return dead('FW_ARTIFACT_LIMIT', excess)
    held.files.set(file, pieces)
    held.bytes += more
    this.#bytes += more
    this.#held.set(keyOf(kind, hash), held)
    this.#complete(held)
    return { fate: 'applied', detail: '' }
  }

  #excess(known: Held | undefined, more: number): string | undefined {
    if (known === undefined && this.#held.size >= artifactsMax) return `it holds ${artifactsMax} artefacts`
    if ((known?.bytes ?? 0) + more > artifactBytesMax) return `it is larger than ${artifactBytesMax} bytes`
    if (this.#bytes + more > artifactsBytesMax) return `all together are larger than ${artifactsBytesMax} bytes`
    return undefined
  }

  #complete(held: Held): void {
    const { kind, hash } = held
    const pieces = [...held.files.values()].flat()
    if (pieces.includes(undefined)) return
    const files = wholeFiles(held)
    if (folders[kind].hashOf(files) !== hash) return
    const knownMs = Math.max(...pieces.map((piece) => piece?.timeMs ?? Number.NEGATIVE_INFINITY))
    held.complete = { knownMs, misfit: folders[kind].misfitOf(files, hash, this.#profile) }
  }
}

const keyOf = (kind: ArtifactKind, hash: string): string => `${kind}/${hash}`
const newHeld = (kind: ArtifactKind, hash: string): Held => ({
  kind,
  hash,
  files: new Map(),
  bytes: 0,
  complete: undefined,
})

function wholeFiles({ files }: Held): FolderFiles {
  return new Map(
    [...files].map(([name, pieces]) => [name, Buffer.concat(pieces.flatMap((piece) => piece?.bytes ?? []))]),
  )
}

function bytesOf(pieces: readonly (Piece | undefined)[] | undefined): number {
  return pieces?.reduce((sum, piece) => sum + (piece?.bytes.length ?? 0), 0) ?? 0
}

function dead(code: ErrorCode, detail: string): ChunkOutcome {
  return { fate: 'dead', code, detail }
}
