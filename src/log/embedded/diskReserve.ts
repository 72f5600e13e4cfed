/**
 * Keeps a part of the disk for the tasks: when space runs low, new records are refused while there is still room for epochs
 * and checkpoints of what is already in the log. SQLite writes a record twice, at once into its write-ahead file and later into
 * the database, so what only the first holds is counted as space that the second still needs.
 */
import { readdirSync, statfsSync, statSync } from 'node:fs'
import path from 'node:path'
import { ForewarnError } from '../../errors.ts'
import { KiB, MiB, secondMs } from '../../limits.ts'
import type { LogSpace } from '../port.ts'

const reserveShare = 0.1
const reserveBytesMax = KiB * MiB
const measureEveryMs = secondMs
const copies = 2

/** The write-ahead file of a log. */
export interface WriteAhead {
  /** Its size, at most which the database still needs. */
  bytes(): number
  /** Moves what it can into the database and gives the bytes that are left to move. */
  settle(): number
}

export class DiskReserve {
  readonly #folder: string
  readonly #writeAhead: WriteAhead
  readonly #now: () => number
  #measuredMs: number | undefined
  #leftBytes = 0

  /** `folder`: where the log lies. `now`: milliseconds since 1970. */
  constructor(folder: string, writeAhead: WriteAhead, now: () => number) {
    this.#folder = folder
    this.#writeAhead = writeAhead
    this.#now = now
  }

  /** Counts `bytes` as written, or throws FW_LOG_FULL when they would go into the reserve. Looks at the disk once a second. */
  take(bytes: number): void {
    const nowMs = this.#now()
    const sinceMs = this.#measuredMs === undefined ? measureEveryMs : nowMs - this.#measuredMs
    const neededBytes = bytes * copies
    if (sinceMs >= measureEveryMs || sinceMs < 0) {
      this.#measure(neededBytes)
      this.#measuredMs = nowMs
    }
    if (this.#leftBytes < neededBytes) {
      throw new ForewarnError('FW_LOG_FULL', ['what is left of the disk is kept for work under way'])
    }
    this.#leftBytes -= neededBytes // between two looks, so that a fast writer does not run through the reserve
  }

  #measure(neededBytes: number): void {
    this.#leftBytes = bytesAboveReserve(this.#folder) - this.#writeAhead.bytes()
    if (this.#leftBytes >= neededBytes) return
    // Refused records make no commits, and without commits SQLite would never move the file: the log has to go on by itself.
    const pendingBytes = this.#writeAhead.settle()
    this.#leftBytes = bytesAboveReserve(this.#folder) - pendingBytes
  }
}

/** What the files of a folder take, and what is free on its disk. */
export function spaceOf(folder: string): LogSpace {
  const disk = statfsSync(folder)
  const sizes = readdirSync(folder).map(
    (name) => statSync(path.join(folder, name), { throwIfNoEntry: false })?.size ?? 0,
  )
  return { usedBytes: sizes.reduce((sum, size) => sum + size, 0), freeBytes: disk.bavail * disk.bsize }
}

function bytesAboveReserve(folder: string): number {
  const disk = statfsSync(folder)
  if (disk.blocks === 0) return Number.POSITIVE_INFINITY // some network file systems do not say how large they are
  const reserveBytes = Math.min(disk.blocks * disk.bsize * reserveShare, reserveBytesMax)
  return disk.bavail * disk.bsize - reserveBytes
}
