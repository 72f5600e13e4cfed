/** What SIGINT and SIGTERM mean: to a command that has begun, and before. */
import { setImmediate } from 'node:timers/promises'

const names = ['SIGINT', 'SIGTERM'] as const

/** Nothing has begun that needs an end of its own. */
const end = (): never => process.exit(0)

/** Until `stopSignal`, either signal ends the process at once, as if it had been asked later: with exit code 0. */
export function endWhenAsked(): void {
  for (const name of names) process.on(name, end)
}

/** Modules load without a turn of the event loop, and signals wait for one. */
export async function hearSignals(): Promise<void> {
  await setImmediate()
}

/**
 * SIGINT and SIGTERM ask a command to end at the next epoch; the same one again ends the process at once. One of each is one request:
 * Ctrl-C reaches workers from the terminal, and their parent asks them too.
 */
export function stopSignal(): { signal: AbortSignal; ask(): void; release(): void } {
  const controller = new AbortController()
  const asked = new Set<NodeJS.Signals>()
  const ask = (name: NodeJS.Signals): void => {
    if (asked.has(name)) process.exit(130)
    asked.add(name)
    controller.abort()
  }
  for (const name of names) process.on(name, ask).off(name, end)
  return {
    signal: controller.signal,
    ask: () => controller.abort(),
    release: () => {
      for (const name of names) process.off(name, ask)
    },
  }
}
