import { rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { MiB } from '../../src/limits.ts'
import { until } from '../support/patience.ts'
import { mountSmallDisk } from '../support/smallDisk.ts'
import { forewarn } from './forewarn.ts'
import {
  accountOf,
  expectCalm,
  expectError,
  fatesOnPage,
  freePort,
  type Posted,
  post,
  ready,
  start,
  sumOf,
  textsIn,
} from './support.ts'

const diskMiB = 16
const ballastMiB = 8
const batch = 500
const batchesMax = 200 // far more than fit

const { folder: disk, skipped, unmount } = mountSmallDisk(diskMiB)
afterAll(unmount)

const events = (from: number, count: number): string[] =>
  Array.from({ length: count }, (_, at) =>
    JSON.stringify({
      id: `e-${from + at}`,
      enterpriseId: '91110000600037341L',
      type: 'PEN.FINE',
      occurredAt: '2026-01-01T00:00:00Z',
    }),
  )

it.skipIf(disk === null)(
  `refuses records with 507, loses none that it acknowledged, and goes on when there is space${skipped}`,
  async () => {
    const folder = path.join(disk!, 'log')
    const ballast = path.join(disk!, 'ballast')
    writeFileSync(ballast, new Uint8Array(ballastMiB * MiB))
    const at = `http://127.0.0.1:${await freePort()}`
    const where = ['--log', `embedded:${folder}`, '--http', at.replace('http://', '')]
    const server = start(['run', ...where, '--checkpoint-every', '1'])
    await ready(at)

    const acknowledged: string[] = []
    let refusal: Posted | undefined
    for (let sent = 0; refusal === undefined && sent < batchesMax; sent++) {
      const lines = events(sent * batch, batch)
      const answer = await post(at, 'risk-events', lines.join('\n'))
      if (answer.status === 200) acknowledged.push(...lines)
      else refusal = answer
    }
    expect(refusal).toMatchObject({
      status: 507,
      body: { code: 'FW_LOG_FULL', message: expect.any(String), remedy: expect.stringContaining('Free disk space') },
    })
    expect(acknowledged.length).toBeGreaterThan(0)

    // By the command line it is the same refusal; the process lives, and what it acknowledged stands in the log and nothing else.
    const stream = ['ingest', '--log', `embedded:${folder}`, '--as', 'risk-events', '-']
    expectError(await forewarn(stream, events(1_000_000, batch).join('\n')), 'FW_LOG_FULL')
    expect((await fetch(`${at}/livez`)).status).toBe(200)
    expect(await textsIn(folder, 'risk-events')).toEqual(acknowledged)

    rmSync(ballast)
    const more = events(2_000_000, 3)
    await until('taking records again', async () =>
      (await post(at, 'risk-events', more.join('\n'))).status === 200 ? true : undefined,
    )
    acknowledged.push(...more)
    await until('all of them folded', async () =>
      sumOf(await fatesOnPage(at)) === acknowledged.length ? true : undefined,
    )
    await ready(at)

    server.kill('SIGTERM')
    const { code, err } = await server.ended
    expect(code).toBe(0)
    expectCalm(err)
    expect(await textsIn(folder, 'risk-events')).toEqual(acknowledged)
    const account = await accountOf(folder)
    expect(account).toMatchObject({ records: acknowledged.length, rows: acknowledged.length + account.commands })
  },
)
