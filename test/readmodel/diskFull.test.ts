/** A disk that is full stops the reader, which says so and shows what it has; when there is space it goes on, and has missed nothing. */
import { rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { afterAll, expect, it } from 'vitest'
import { ForewarnError } from '../../src/errors.ts'
import { MiB } from '../../src/limits.ts'
import { Store } from '../../src/readmodel/store.ts'
import { Status, WarningList } from '../../src/serve/contracts.ts'
import { memoryLog } from '../support/fold.ts'
import { sayings } from '../support/sayings.ts'
import { served } from '../support/served.ts'
import { mountSmallDisk } from '../support/smallDisk.ts'
import { contentOf } from '../support/storeContent.ts'
import { tinyProfile } from '../support/tinyProfile.ts'

const diskMiB = 3
const { folder: disk, skipped, unmount } = mountSmallDisk(diskMiB)
afterAll(unmount)

it.skipIf(disk === null)(`tells that the disk is full, and goes on when there is space${skipped}`, async () => {
  const log = await memoryLog()
  for (const seed of [3, 4, 5]) {
    const [said] = fc.sample(sayings(60), { seed, numRuns: 1 })
    for (const { topic, value, timeMs } of said)
      await log.append(topic, 0, [{ key: null, timeMs, value: Buffer.from(JSON.stringify(value)) }])
  }
  const calm = await served(log, tinyProfile)
  await calm.read()
  const wanted = contentOf(calm.follower.store)
  await calm.close()

  const [file, ballast] = ['pages.sqlite', 'ballast'].map((name) => path.join(disk!, name))
  const store = Store.open(file, 'test')
  const { follower, watch, get, read, close } = await served(log, tinyProfile, store)
  const free = diskMiB * MiB - 700_000
  writeFileSync(ballast, new Uint8Array(free))
  const refused = await follower.round().catch((error: unknown) => error)
  if (!(refused instanceof ForewarnError)) throw refused
  watch.failed(refused)
  expect(Status.parse((await get('/status')).json)).toMatchObject({
    state: 'stopped',
    problem: { code: 'FW_READMODEL_FULL' },
  })
  expect(WarningList.parse((await get('/warnings')).json).total).toBeLessThan(wanted.warning_change.length)
  rmSync(ballast)
  await read()
  expect(Status.parse((await get('/status')).json)).toMatchObject({ state: 'live', problem: null })
  expect(contentOf(store)).toEqual(wanted)
  await close()
})
