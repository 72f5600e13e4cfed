/** Checkpoints of one task: two slots, each a manifest and numbered pages. */
import { bytesOf, columnsOf } from './rows.ts'
import type { Store } from './store.ts'

export class Checkpoints {
  readonly #store: Store
  readonly #task: string

  constructor(store: Store, task: string) {
    this.#store = store
    this.#task = task
  }

  /** Replaces a slot inside the caller's transaction. */
  replace(slot: number, pages: Iterable<Uint8Array>, manifest: () => Uint8Array): void {
    const task = this.#task
    this.#store.statement('DELETE FROM checkpoint_manifests WHERE task = ? AND slot = ?').run(task, slot)
    this.#store.statement('DELETE FROM checkpoint_pages WHERE task = ? AND slot = ?').run(task, slot)
    const insert = this.#store.statement('INSERT INTO checkpoint_pages (task, slot, page, bytes) VALUES (?, ?, ?, ?)')
    let page = 0
    for (const bytes of pages) insert.run(task, slot, page++, bytes)
    this.#store
      .statement('INSERT INTO checkpoint_manifests (task, slot, manifest) VALUES (?, ?, ?)')
      .run(task, slot, manifest())
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
