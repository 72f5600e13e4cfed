/** What twenty open pages cost the fold: the demo's time to its end with them and without, in pairs. */
import { z } from 'zod'
import { forewarn, type MeasuredProcess } from '../measured.ts'

const pages = 20
const ports = { machine: '127.0.0.1:19464', people: '127.0.0.1:19480' }

/** Median of so many pairs: percent more seconds. */
export async function foldCostPercent(pairs: number, days: number): Promise<number> {
  const costs: number[] = []
  for (let pair = 0; pair < pairs; pair++) {
    const [alone, looked] = [await seconds(days, 0), await seconds(days, pages)]
    costs.push(100 * (looked / alone - 1))
  }
  return costs.sort((a, b) => a - b)[Math.floor(pairs / 2)]
}

async function seconds(days: number, looking: number): Promise<number> {
  const args = ['--days', String(days), '--speed', '0', '--http', ports.machine, '--pages', ports.people]
  const demo = forewarn(['demo', ...args])
  await demo.says(/at http:\/\/127\.0\.0\.1:19480/)
  const over = new AbortController()
  const open = Array.from({ length: looking }, () => look(`http://${ports.people}`, over.signal))
  const begun = performance.now()
  await demo.says(/simulated days are over/)
  const found = (performance.now() - begun) / 1_000
  over.abort()
  await Promise.all(open)
  await end(demo)
  return found
}

async function end(demo: MeasuredProcess): Promise<void> {
  demo.stop()
  await demo.ended
}

const secondMs = 1_000
const Event = z.string().regex(/^(tick|warning)$/)

/** As a page does: it listens, and asks for Today again when something changed, at most once a second. */
async function look(address: string, signal: AbortSignal): Promise<void> {
  try {
    const answer = await fetch(`${address}/api/v1/stream`, { signal })
    let askedMs = 0
    for await (const chunk of answer.body ?? []) {
      const events = [
        ...Buffer.from(chunk)
          .toString('utf8')
          .matchAll(/^event: (\w+)$/gm),
      ].map(([, name]) => name)
      if (!events.some((name) => Event.safeParse(name).success) || performance.now() - askedMs < secondMs) continue
      askedMs = performance.now()
      await (await fetch(`${address}/api/v1/overview`, { signal })).arrayBuffer()
    }
  } catch (error) {
    if (!signal.aborted) throw error
  }
}
