/** The write-ahead file of SQLite: how large it is, and how much of it the database still lacks. */
import { statSync } from 'node:fs'
import { isFault } from './faults.ts'
import { columnsOf, integerOf } from './rows.ts'
import type { Store } from './store.ts'

export class WriteAheadFile {
  readonly #store: Store
  readonly #file: string

  /** `file`: the database. */
  constructor(store: Store, file: string) {
    this.#store = store
    this.#file = `${file}-wal`
  }

  bytes(): number {
    return statSync(this.#file, { throwIfNoEntry: false })?.size ?? 0
  }

  /** Moves what it can without waiting for readers. On a full disk that is nothing. */
  settle(): number {
    try {
      const [, frames, moved] = columnsOf(this.#store.statement('PRAGMA wal_checkpoint(PASSIVE)').get())
      const [pageBytes] = columnsOf(this.#store.statement('PRAGMA page_size').get())
      return (integerOf(frames) - integerOf(moved)) * integerOf(pageBytes)
    } catch (error) {
      if (isFault(error, 'full') || isFault(error, 'ioError')) return this.bytes()
      throw error
    }
  }
}
