/** Checkpoints of one task: two slots, each a manifest and numbered pages. All writes are inside the caller's transaction. */
import { bytesOf, columnsOf } from './rows.ts'
import type { Store } from './store.ts'

export class Checkpoints {
  readonly #store: Store
  readonly #task: string

  constructor(store: Store, task: string) {
    this.#store = store
    this.#task = task
  }

  /** From here on the slot holds no checkpoint, until it is sealed. */
  break(slot: number): void {
    this.#store.statement('DELETE FROM checkpoint_manifests WHERE task = ? AND slot = ?').run(this.#task, slot)
  }

  put(slot: number, page: number, bytes: Uint8Array): void {
    this.#store
      .statement('INSERT OR REPLACE INTO checkpoint_pages (task, slot, page, bytes) VALUES (?, ?, ?, ?)')
      .run(this.#task, slot, page, bytes)
  }

  /** The slot holds its first so many pages, and the manifest that makes them a checkpoint. */
  seal(slot: number, pages: number, manifest: Uint8Array): void {
    const task = this.#task
    this.#store
      .statement('DELETE FROM checkpoint_pages WHERE task = ? AND slot = ? AND page >= ?')
      .run(task, slot, pages)
    this.#store
      .statement('INSERT INTO checkpoint_manifests (task, slot, manifest) VALUES (?, ?, ?)')
      .run(task, slot, manifest)
  }

  manifest(slot: number): Uint8Array | undefined {
    const select = this.#store.statement('SELECT manifest FROM checkpoint_manifests WHERE task = ? AND slot = ?')
    return onlyBytes(select.get(this.#task, slot))
  }

  page(slot: number, page: number): Uint8Array | undefined {
    const select = this.#store.statement('SELECT bytes FROM checkpoint_pages WHERE task = ? AND slot = ? AND page = ?')
    return onlyBytes(select.get(this.#task, slot, page))
  }
}

function onlyBytes(row: unknown): Uint8Array | undefined {
  return row === undefined ? undefined : bytesOf(columnsOf(row)[0])
}
