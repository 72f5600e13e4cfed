/** `npm run bench -- scrape`: what a scrape of as many series as a process may have takes over HTTP, and how long it holds the thread that folds. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { startServer } from '../src/http/server.ts'
import { metricSeriesMax } from '../src/limits.ts'
import { openEmbeddedLog } from '../src/log/embedded/embeddedLog.ts'
import { createLogger } from '../src/telemetry/logging.ts'
import { metrics } from '../src/telemetry/metrics.ts'
import { busyTick, cn } from '../test/support/busyTick.ts'
import { type BenchOptions, printResult } from './options.ts'

const scrapes = 21
const pauseMs = 100

/** The client: prints the milliseconds of each scrape and the size of the last page. */
const client = `
  const [url, times, pause] = process.argv.slice(1)
  const took = []
  let page = ''
  for (let at = 0; at < Number(times); at++) {
    const begun = performance.now()
    page = await (await fetch(url)).text()
    took.push(performance.now() - begun)
    await new Promise((resolve) => setTimeout(resolve, Number(pause)))
  }
  console.log(JSON.stringify({ took, series: page.split('\\n').filter((line) => line !== '' && !line.startsWith('#')).length }))
`

/** `ms` is the median; `longestStallMs` the longest time in which nothing else had a turn in the serving process. */
export async function benchScrape(options: BenchOptions): Promise<void> {
  const log = await openEmbeddedLog({ path: ':memory:', mode: 'write' })
  const { registry, listener } = metrics({ profile: cn })
  for (const notice of busyTick({ warnings: metricSeriesMax })) listener(notice)
  const server = await startServer({
    host: '127.0.0.1',
    names: [],
    token: undefined,
    port: 0,
    log,
    profile: cn,
    registry,
    ready: () => ({ ready: true }),
    logger: createLogger({ level: 'silent' }),
  })
  const stalls = watchStalls()
  const args = ['--input-type=module', '-e', client, `${server.address}/metrics`, String(scrapes), String(pauseMs)]
  const { stdout } = await promisify(execFile)(process.execPath, args)
  const longestStallMs = stalls.end()
  const { took, series }: { took: number[]; series: number } = JSON.parse(stdout)
  await server.close()
  await log.close()
  const ms = took.toSorted((a, b) => a - b)[Math.floor(took.length / 2)]
  printResult({ series, ms: round(ms), longestStallMs: round(longestStallMs) }, options)
}

const round = (ms: number): number => Math.round(ms * 10) / 10

/** Turns of the event loop, one after another: the longest gap between two is how long somebody held the thread. */
function watchStalls(): { end(): number } {
  let [lastMs, longestMs, isOver] = [performance.now(), 0, false]
  const turn = (): void => {
    const nowMs = performance.now()
    longestMs = Math.max(longestMs, nowMs - lastMs)
    lastMs = nowMs
    if (!isOver) setImmediate(turn)
  }
  setImmediate(turn)
  return {
    end: () => {
      isOver = true
      return longestMs
    },
  }
}
