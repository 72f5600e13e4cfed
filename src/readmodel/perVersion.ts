/** What was worked out of a read model stands as long as the model does not change. */
import type { Store } from './store.ts'

export type PerVersion<T> = (store: Store, key: string, make: () => T) => T

/** Keeps at most so many of those that are worth it; with one more it begins anew. */
export function perVersion<T>(keptMax: number, isWorth: (value: T) => boolean = () => true): PerVersion<T> {
  const kept = new WeakMap<Store, { version: number; found: Map<string, T> }>()
  return (store, key, make) => {
    let known = kept.get(store)
    if (known === undefined || known.version !== store.version || known.found.size >= keptMax) {
      known = { version: store.version, found: new Map() }
      kept.set(store, known)
    }
    const found = known.found.get(key) ?? make()
    if (isWorth(found)) known.found.set(key, found)
    return found
  }
}
