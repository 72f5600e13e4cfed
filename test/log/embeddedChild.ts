/**
 * A process that writes a log until it is killed: `node embeddedChild.ts hold|append|commit FOLDER`.
 * It prints `ready` when it holds the log (or else the code of the error), then the number of every acknowledged batch or epoch.
 */
import { writeSync } from 'node:fs'
import { ForewarnError, messageOf } from '../../src/errors.ts'
import { openEmbeddedLog } from '../../src/log/embedded/embeddedLog.ts'
import type { Log } from '../../src/log/port.ts'

export const batchRecords = 1_000

// Written at once and not by a stream: what was acknowledged must be known even when the next thing is SIGKILL.
const say = (line: string | number): number => writeSync(1, `${line}\n`)

const batchOf = (batch: number) =>
  Array.from({ length: batchRecords }, () => ({ key: String(batch), value: new Uint8Array(250) }))

async function appendForEver(log: Log): Promise<never> {
  const { end } = await log.range('risk-events', 0)
  for (let batch = end / batchRecords; ; batch++) {
    await log.append('risk-events', 0, batchOf(batch))
    say(batch)
  }
}

async function commitForEver(log: Log): Promise<never> {
  const task = await log.openTask({ kind: 'enterprise', partition: 0 })
  for (let epoch = await task.journalEnd(); ; epoch++) {
    const outputs = batchOf(epoch).map((record) => ({ topic: 'scores', partition: 0, record }) as const)
    await task.commit({ outputs, journal: new Uint8Array(100), timeMs: 1 })
    say(epoch)
  }
}

async function main(mode: string, path: string): Promise<void> {
  const log = await openEmbeddedLog({ path, mode: 'write' })
  log.announce('127.0.0.1:7777')
  say('ready')
  if (mode === 'append') await appendForEver(log)
  if (mode === 'commit') await commitForEver(log)
  setInterval(() => log.name, 1_000) // holds the log, and keeps it from being collected
}

if (import.meta.main) {
  const [mode = '', path = ''] = process.argv.slice(2)
  await main(mode, path).catch((error: unknown) => say(error instanceof ForewarnError ? error.code : messageOf(error)))
}
