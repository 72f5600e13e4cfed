import { setTimeout as sleep } from 'node:timers/promises'

/** What the work comes to, or undefined when it takes longer than this. What it throws in that time is thrown. */
export async function atMost<T>(ms: number, work: Promise<T>): Promise<T | undefined> {
  const over = new AbortController()
  const late = sleep(ms, undefined, { signal: over.signal }).catch(() => undefined)
  return Promise.race([work, late]).finally(() => over.abort())
}
