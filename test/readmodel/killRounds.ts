/** A process that follows a log is killed with SIGKILL again and again, at random moments; each time it comes to the end its rows are compared with those of one that never was. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import path from 'node:path'
import { createInterface } from 'node:readline'
import fc from 'fast-check'
import { openEmbeddedLog } from '../../src/log/embedded/embeddedLog.ts'
import { Store } from '../../src/readmodel/store.ts'
import type { Random } from '../models/random.ts'
import { sayings } from '../support/sayings.ts'
import { contentOf } from '../support/storeContent.ts'

export type KillRounds = {
  kills: number
  /** How often it came to the end, and what then differed. */
  throughs: number
  differences: string[]
  /** Rows of warnings in the end. */
  warnings: number
}

/** Milliseconds after a read at which it may be killed: so that some fall into a transaction. */
const delayMsMax = 12

export async function killRounds(folder: string, kills: number, random: Random): Promise<KillRounds> {
  await writeLog(path.join(folder, 'log'))
  const [killed, calm] = [path.join(folder, 'killed.sqlite'), path.join(folder, 'calm.sqlite')]
  await follow(folder, calm)
  const wanted = contentIn(calm)
  const found: KillRounds = { kills: 0, throughs: 0, differences: [], warnings: wanted.warning_change.length }
  while (found.kills < kills || found.throughs === 0) {
    const isLast = found.kills >= kills
    const aim = { reads: 1 + Math.floor(random() * 8), delayMs: random() * delayMsMax }
    if (!(await follow(folder, killed, isLast ? undefined : aim))) {
      found.kills++
      continue
    }
    found.throughs++
    const content = contentIn(killed)
    for (const [table, rows] of Object.entries(wanted))
      if (JSON.stringify(content[table]) !== JSON.stringify(rows))
        found.differences.push(`${table} after ${found.kills}`)
    for (const end of ['', '-wal', '-shm']) rmSync(`${killed}${end}`, { force: true })
  }
  return found
}

async function writeLog(folder: string): Promise<void> {
  const log = await openEmbeddedLog({ path: folder, mode: 'write', now: () => 0 })
  const [said] = fc.sample(sayings(40), { seed: 3, numRuns: 1 })
  for (const { topic, value, timeMs } of said)
    await log.append(topic, 0, [{ key: null, timeMs, value: Buffer.from(JSON.stringify(value)) }])
  await log.close()
}

/** True when it came to its end before it was killed. */
async function follow(folder: string, file: string, aim?: { reads: number; delayMs: number }): Promise<boolean> {
  const script = path.join(import.meta.dirname, 'followChild.ts')
  const child = spawn(process.execPath, [script, path.join(folder, 'log'), file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let [seen, isThrough] = [0, false]
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line === 'through') isThrough = true
    else if (++seen === aim?.reads) setTimeout(() => child.kill('SIGKILL'), aim.delayMs)
  })
  await once(child, 'close')
  return isThrough
}

function contentIn(file: string): Record<string, string[]> {
  const store = Store.open(file, 'test')
  const content = contentOf(store)
  store.close()
  return content
}
