/** A copy of a log that is written meanwhile: one moment of it, whole. */
import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { expect, it } from 'vitest'
import { backUp } from '../../src/log/embedded/backup.ts'
import { openEmbeddedLog } from '../../src/log/embedded/embeddedLog.ts'
import { recordsOf } from '../../src/log/recordsOf.ts'
import { tempFolder } from '../e2e/support.ts'

const record = (at: number) => ({ key: null, value: Buffer.alloc(2_000, at), timeMs: at })

it('holds whole epochs up to one moment, and goes on as a log', { timeout: 60_000 }, async () => {
  const [folder, target] = [path.join(await tempFolder(), 'log'), path.join(await tempFolder(), 'copy')]
  const log = await openEmbeddedLog({ path: folder, mode: 'write' })
  const task = await log.openTask({ kind: 'watch' })
  let epochs = 0
  const commit = async (): Promise<void> => {
    const at = epochs++
    const outputs = (['ticks', 'notices'] as const).map((topic) => ({ topic, partition: 0, record: record(at) }))
    await task.commit({ outputs, journal: Buffer.from([at]), timeMs: at })
  }
  while (epochs < 3_000) await commit()
  const shares: number[] = []
  let copied = false
  const copy = backUp(folder, target, (share) => shares.push(share)).finally(() => {
    copied = true
  })
  const atBegin = epochs
  while (!copied) {
    await commit()
    await new Promise((resolve) => setImmediate(resolve))
  }
  await copy
  expect(shares.length).toBeGreaterThan(0)
  await log.close()

  const restored = await openEmbeddedLog({ path: target, mode: 'write' })
  const counts = await Promise.all(
    (
      [
        ['ticks', 0],
        ['notices', 0],
        ['journal', 1],
      ] as const
    ).map(async ([topic, partition]) => {
      let count = 0
      for await (const { timeMs } of recordsOf(restored, topic, partition)) expect(timeMs).toBe(count++)
      return count
    }),
  )
  expect(new Set(counts).size).toBe(1)
  expect(counts[0]).toBeGreaterThanOrEqual(atBegin)
  expect(counts[0]).toBeLessThanOrEqual(epochs)
  await restored.append('ticks', 0, [record(counts[0])])
  expect((await restored.range('ticks', 0)).end).toBe(counts[0] + 1)
  await restored.close()
})

it('goes into a folder of its own, and leaves nothing when there is no log', async () => {
  const folder = await tempFolder()
  const log = await openEmbeddedLog({ path: path.join(folder, 'log'), mode: 'write' })
  await log.close()
  await expect(backUp(path.join(folder, 'log'), folder, () => {})).rejects.toMatchObject({ code: 'FW_USAGE' })
  await expect(backUp(path.join(folder, 'none'), path.join(folder, 'copy'), () => {})).rejects.toMatchObject({
    code: 'FW_LOG_NOT_FOUND',
  })
  expect(await readdir(folder)).toEqual(['log'])
})
