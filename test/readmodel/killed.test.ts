/** A reader that is killed while it reads goes on where its file says, and ends with the rows of one that never was. Real processes, real SIGKILL. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { openEmbeddedLog } from '../../src/log/embedded/embeddedLog.ts'
import { Store } from '../../src/readmodel/store.ts'
import { sayings } from '../support/sayings.ts'
import { contentOf } from '../support/storeContent.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'killed-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** True when it came to its end before it was killed at its `reads`-th read. */
async function follow(file: string, reads: number): Promise<boolean> {
  const script = path.join(import.meta.dirname, 'followChild.ts')
  const child = spawn(process.execPath, [script, path.join(folder, 'log'), file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let [seen, isThrough] = [0, false]
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line === 'through') isThrough = true
    else if (++seen === reads) child.kill('SIGKILL')
  })
  await once(child, 'close')
  return isThrough
}

test('it goes on from wherever it was killed', async () => {
  const log = await openEmbeddedLog({ path: path.join(folder, 'log'), mode: 'write', now: () => 0 })
  const [said] = fc.sample(sayings(40), { seed: 3, numRuns: 1 })
  for (const { topic, value, timeMs } of said)
    await log.append(topic, 0, [{ key: null, timeMs, value: Buffer.from(JSON.stringify(value)) }])
  await log.close()
  const [killed, whole] = [path.join(folder, 'killed.sqlite'), path.join(folder, 'whole.sqlite')]
  for (const reads of [1, 3, 7, 12, 4]) expect(await follow(killed, reads), `${reads} reads`).toBe(false)
  expect(await follow(killed, Number.POSITIVE_INFINITY)).toBe(true)
  expect(await follow(whole, Number.POSITIVE_INFINITY)).toBe(true)
  const [a, b] = [killed, whole].map((file) => {
    const store = Store.open(file, 'test')
    const content = contentOf(store)
    store.close()
    return content
  })
  expect(a).toEqual(b)
  expect(a.warning_change.length).toBeGreaterThan(10)
})
