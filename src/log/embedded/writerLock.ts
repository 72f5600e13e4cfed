/**
 * One writer a log. The writer holds `writer.lock`, a SQLite file, in an exclusive transaction for as long as it lives: the operating
 * system frees such a lock when the process goes, however it goes, and two processes can never both have it. `writer.json` beside it
 * says who the writer is; it may outlive a killed writer, so only the lock says whether there is one.
 *
 * Nothing else may open `writer.lock` as a plain file in the writer's process: POSIX drops all locks of a process on a file
 * as soon as it closes any handle of it. (SQLite knows this of its own handles.)
 */
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { z } from 'zod'
import { ForewarnError } from '../../errors.ts'
import { isFault, openFault, writeFault } from './faults.ts'
import { lockFile, noteFile } from './folder.ts'

// A look by `readWriter` holds the file for an instant, and two writers that start together meet: wait that out.
const lockTimeoutMs = 250

const writerNote = z.object({ pid: z.int(), http: z.string().nullable(), since: z.iso.datetime() })

/** Who writes a log: process id, address of its HTTP server if it has one, and since when (ISO 8601, UTC). */
export type WriterNote = z.infer<typeof writerNote>

/** `note` is null when a writer is there but has not said who it is. */
export type WriterState = { live: false } | { live: true; note: WriterNote | null }

export class WriterLock {
  readonly #folder: string
  readonly #lock: DatabaseSync
  #note: WriterNote

  /** Takes the lock of the log in `folder`, or throws FW_LOG_HELD with the name of the log and the writer's process. */
  constructor(folder: string, logName: string, note: WriterNote) {
    this.#folder = folder
    this.#note = note
    this.#lock = holdExclusively(folder, logName)
    try {
      this.#writeNote(note)
    } catch (error) {
      this.release()
      throw error
    }
  }

  /** Tells other processes the address of this writer's HTTP server. */
  announce(http: string): void {
    this.#writeNote({ ...this.#note, http })
  }

  release(): void {
    rmSync(noteFile(this.#folder), { force: true }) // first, so that it is never another writer's
    this.#lock.close()
  }

  #writeNote(note: WriterNote): void {
    const file = noteFile(this.#folder)
    try {
      writeFileSync(`${file}.new`, JSON.stringify(note), { mode: 0o600 })
      renameSync(`${file}.new`, file) // a reader sees the old note or the new one, never half of one
    } catch (error) {
      throw writeFault(error)
    }
    this.#note = note
  }
}

function holdExclusively(folder: string, logName: string): DatabaseSync {
  const lock = new DatabaseSync(lockFile(folder), { timeout: lockTimeoutMs })
  try {
    lock.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE')
    return lock
  } catch (error) {
    lock.close()
    if (!isFault(error, 'busy')) throw error
    throw new ForewarnError('FW_LOG_HELD', [logName, readNote(folder)?.pid ?? '(unknown)'], { cause: error })
  }
}

/** Whether a live process writes the log in the folder `path`, and what it says of itself. Needs no lock and changes nothing. */
export function readWriter(path: string): WriterState {
  if (!existsSync(lockFile(path)) || !isHeld(path)) return { live: false }
  return { live: true, note: readNote(path) }
}

function isHeld(folder: string): boolean {
  let look: DatabaseSync | undefined
  try {
    look = new DatabaseSync(lockFile(folder), { readOnly: true, timeout: 0 })
    look.prepare('SELECT count(*) FROM sqlite_schema').get()
    return false
  } catch (error) {
    if (isFault(error, 'busy')) return true
    throw openFault(folder, error)
  } finally {
    look?.close()
  }
}

function readNote(folder: string): WriterNote | null {
  try {
    return writerNote.parse(JSON.parse(readFileSync(noteFile(folder), 'utf8')))
  } catch {
    return null // the lock alone decides; a note that is missing or unreadable takes nothing but the name
  }
}
