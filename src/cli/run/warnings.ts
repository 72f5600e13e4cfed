/** Warnings of Node, each a line of JSON as the log has them. Two are known and say nothing: of node:sqlite, and of kafkajs's timers. */

const known: readonly string[] = ['ExperimentalWarning', 'TimeoutNegativeWarning']

export function tellWarning({ name, message }: Error): void {
  if (known.includes(name)) return
  const line = {
    level: 'warn',
    time: new Date().toISOString(),
    pid: process.pid,
    kind: 'NodeWarning',
    name,
    msg: message,
  }
  process.stderr.write(`${JSON.stringify(line)}\n`)
}
