import { rmSync, statfsSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { z } from 'zod'
import { KiB, MiB } from '../../src/limits.ts'
import { outcomeOf } from '../kill/history.ts'
import { until } from '../support/patience.ts'
import { mountSmallDisk } from '../support/smallDisk.ts'
import type { Forewarn } from './forewarn.ts'
import { expectCalm, fatesOnPage, post, ready, start, sumOf } from './support.ts'

const diskMiB = 32
const ballastMiB = 12
const bodyRecords = 2_000

const { folder: disk, skipped, unmount } = mountSmallDisk(diskMiB)
afterAll(unmount)

const enterpriseIds = Array.from({ length: 500 }, (_, at) => `91110000${String(at).padStart(9, '0')}L`)
let sent = 0

/** New events, spread over enterprises. */
function body(): string {
  const occurredAt = new Date(Date.now() - 1_000).toISOString()
  const event = (id: number): object => ({
    id: `e${id}`,
    enterpriseId: enterpriseIds[id % 500],
    type: 'PEN.FINE',
    occurredAt,
  })
  return Array.from({ length: bodyRecords }, () => `${JSON.stringify(event(sent++))}\n`).join('')
}

const Refusal = z.object({ taken: z.object({ accepted: z.int() }).optional() })

/** Posts until the log takes no more; gives how many records it acknowledged, of the last body too: it is taken in slices. */
async function postUntilFull(at: string): Promise<number> {
  for (let accepted = 0; ; accepted += bodyRecords) {
    const { status, body: answer } = await post(at, 'risk-events', body())
    if (status === 200) continue
    expect(status).toBe(507)
    return accepted + (Refusal.parse(answer).taken?.accepted ?? 0)
  }
}

/** Takes all that is left of the disk. */
function fill(file: string): void {
  const { bavail, bsize } = statfsSync(path.dirname(file))
  for (let bytes = bavail * bsize; bytes >= 4 * KiB; bytes = Math.floor(bytes / 2)) {
    try {
      writeFileSync(file, new Uint8Array(bytes), { flag: 'a' })
    } catch {
      // less is left; half of it may fit
    }
  }
}

async function stop(running: Forewarn): Promise<void> {
  running.kill('SIGTERM')
  const { code, signal, err } = await running.ended
  expect({ code, signal }, err.slice(-2_000)).toEqual({ code: 0, signal: null })
  expectCalm(err)
}

it.skipIf(disk === null)(
  `waits with an epoch or a checkpoint until there is space, and ends when asked${skipped}`,
  async () => {
    const folder = path.join(disk!, 'log')
    const [ballast, rest] = [path.join(disk!, 'ballast'), path.join(disk!, 'rest')]
    writeFileSync(ballast, new Uint8Array(ballastMiB * MiB))
    const run = ['run', '--log', `embedded:${folder}`, '--http', '127.0.0.1:0', '--checkpoint-every', '1']
    const running = start(run)
    const at = String((await running.line('Serving')).address)
    await ready(at)

    // Records are refused while there is room for work under way; then there is not even that.
    let accepted = await postUntilFull(at)
    expect(accepted).toBeGreaterThan(bodyRecords)
    fill(rest)
    await running.line('CommitRefused')
    expect((await fetch(`${at}/livez`)).status).toBe(200)
    await until('not ready', async () => ((await fetch(`${at}/readyz`)).status === 503 ? true : undefined))

    // With space it goes on by itself.
    rmSync(ballast)
    rmSync(rest)
    await until('taken again', async () => {
      const { status, body: answer } = await post(at, 'risk-events', body())
      accepted += status === 200 ? bodyRecords : (Refusal.parse(answer).taken?.accepted ?? 0)
      return status === 200 ? true : undefined
    })
    await until('all folded', async () => (sumOf(await fatesOnPage(at)) >= accepted ? true : undefined))
    await ready(at)

    // Asked to end on a full disk it ends all the same, and what it had acknowledged is folded by the next start.
    accepted += await postUntilFull(at)
    fill(rest)
    await stop(running)
    rmSync(rest)
    const next = start(run)
    const again = String((await next.line('Serving')).address)
    await ready(again)
    await until('space', async () => ((await post(again, 'enterprises', '{}')).status === 200 ? true : undefined))
    await until('all folded', async () => ((await fatesOnPage(again)).dead === 1 ? true : undefined))
    await stop(next)
    const { records, wrong } = await outcomeOf(folder)
    expect({ wrong, records }).toEqual({ wrong: [], records: accepted + 2 }) // the activation, and the bad line
  },
)
