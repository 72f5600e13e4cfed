import { setTimeout as sleep } from 'node:timers/promises'

/** Waits for the work, but no longer than this. What it throws in that time is thrown. */
export async function atMost(ms: number, work: Promise<unknown>): Promise<void> {
  const over = new AbortController()
  const late = sleep(ms, undefined, { signal: over.signal }).catch(() => {})
  await Promise.race([work, late]).finally(() => over.abort())
}
