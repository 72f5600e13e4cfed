/**
 * `node watcher.ts ADDRESS START_MS [quiet]`: asks /livez all the time, each time by a new connection, and sends good records until it is told
 * to stop; then sends what is left and says what it saw. What it waits itself for the processor is told beside. `quiet`: sends none.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { goodRecord } from './good.ts'
import { ask, ndjson } from './http.ts'

const [address, start, mode] = process.argv.slice(2)
const startMs = Number(start)
const [askEveryMs, sendEveryMs, perSend, backlogMax, lastMsMax] = [20, 250, 10, 500, 30_000]
const Accepted = z.object({ accepted: z.int() })

const own = monitorEventLoopDelay({ resolution: 5 })
own.enable()
const seen = { livezMsMax: 0, asked: 0, acknowledged: 0, due: 0, goodWaitMsMax: 0 }
let stopping = false
process.on('SIGTERM', () => {
  stopping = true
})
process.stderr.write('watching\n')

await Promise.all([askAlways(), mode === 'quiet' ? undefined : sendAlways()])
process.stdout.write(`${JSON.stringify({ ...seen, ownDelayMsMax: Math.round(own.max / 1e6) })}\n`)

/** From the first try to the answer, however often the connection breaks. */
async function askAlways(): Promise<void> {
  while (!stopping) {
    const from = performance.now()
    while (!stopping && !(await isAlive())) await sleep(askEveryMs)
    seen.livezMsMax = Math.max(seen.livezMsMax, Math.round(performance.now() - from))
    seen.asked++
    await sleep(askEveryMs)
  }
}

async function isAlive(): Promise<boolean> {
  try {
    return (await ask(`${address}/livez`)).status === 200
  } catch {
    return false
  }
}

async function sendAlways(): Promise<void> {
  const dueMs: number[] = []
  let giveUpMs = Number.POSITIVE_INFINITY
  while (performance.now() < giveUpMs) {
    if (stopping) giveUpMs = Math.min(giveUpMs, performance.now() + lastMsMax)
    else for (let more = 0; more < perSend; more++) dueMs.push(performance.now())
    seen.due = dueMs.length
    const to = Math.min(dueMs.length, seen.acknowledged + backlogMax)
    if (to === seen.acknowledged && stopping) return
    if (await areTaken(seen.acknowledged, to)) {
      for (; seen.acknowledged < to; seen.acknowledged++)
        seen.goodWaitMsMax = Math.max(seen.goodWaitMsMax, Math.round(performance.now() - dueMs[seen.acknowledged]))
    }
    await sleep(sendEveryMs)
  }
}

async function areTaken(from: number, to: number): Promise<boolean> {
  const lines = Array.from({ length: to - from }, (_, at) => `${goodRecord(from + at, startMs).value}\n`)
  const text = lines.join('') // ASCII
  try {
    const { status, body } = await ask(`${address}/api/v1/records/risk-events`, {
      method: 'POST',
      headers: { ...ndjson, 'content-length': String(text.length) },
      body: [text],
    })
    return status === 200 && Accepted.parse(JSON.parse(body)).accepted === lines.length
  } catch {
    return false
  }
}
