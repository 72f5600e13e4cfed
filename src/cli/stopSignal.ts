/** SIGINT and SIGTERM ask a command to end at the next epoch; a second one ends the process at once. */
export function stopSignal(): { signal: AbortSignal; release(): void } {
  const controller = new AbortController()
  const ask = (): void => {
    if (controller.signal.aborted) process.exit(130)
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
