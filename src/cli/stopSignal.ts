/**
 * SIGINT and SIGTERM ask a command to end at the next epoch; the same one again ends the process at once. One of each is one request:
 * Ctrl-C reaches workers from the terminal, and their parent asks them too.
 */
export function stopSignal(): { signal: AbortSignal; release(): void } {
  const controller = new AbortController()
  const asked = new Set<NodeJS.Signals>()
  const ask = (name: NodeJS.Signals): void => {
    if (asked.has(name)) process.exit(130)
    asked.add(name)
    controller.abort()
  }
  const names = ['SIGINT', 'SIGTERM'] as const
  for (const name of names) process.on(name, ask)
  return {
    signal: controller.signal,
    release: () => {
      for (const name of names) process.off(name, ask)
    },
  }
}
