/** `forewarn demo`: a simulated market, the whole program and its pages in one process; what `npm start` runs. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Command, Option } from 'commander'
import { ImportWriter } from '../edges/ingest/importWriter.ts'
import { createLogger, logLevels } from '../edges/logging.ts'
import { modelOf } from '../edges/models.ts'
import { loadProfile } from '../edges/profiles.ts'
import { type Service, startService } from '../edges/service.ts'
import { RunTally, totalsLine } from '../edges/tally.ts'
import { dayMs, secondMs } from '../limits.ts'
import { openEmbeddedLog } from '../log/embedded/embeddedLog.ts'
import type { Notice } from '../notices.ts'
import { simulate } from '../simulate/simulate.ts'
import { nonNegative, print, processScreen, remark, type Screen, wholeNumber } from './common.ts'
import { demoBeatMs, demoStartMs, feed, warmUpDays } from './demoFeed.ts'
import { type Raise, scoreOutbreaks } from './demoScore.ts'
import { hostAndPort } from './runSetting.ts'
import { showDrift, showWarning } from './show.ts'
import { stopSignal } from './stopSignal.ts'

type Options = {
  days: string
  enterprises: string
  seed: string
  speed: string
  http: string
  exit?: boolean
  language: string
  logLevel: (typeof logLevels)[number]
  json?: boolean
}

const help = `
Examples:
  $ forewarn demo                             a market of 20,000 enterprises; warnings as they rise; http://127.0.0.1:9464/metrics
  $ forewarn demo --days 60 --exit --json     60 simulated days as fast as they go, and what came of them

The simulator plans outbreaks; at the end the demo says how many of them were warned of.`

export function demoCommand(screen: Screen = processScreen): Command {
  return new Command('demo')
    .description(
      'Simulate a market, fold it, and print warnings as they rise. Everything is made up, and gone at the end.',
    )
    .option('--days <n>', 'days to simulate', '180')
    .option('--enterprises <n>', 'number of enterprises', '20000')
    .option('--seed <s>', 'whole number from which everything is drawn', '1')
    .option('--speed <days>', `simulated days a second, after the first ${warmUpDays}; 0 is as fast as it goes`, '1')
    .option('--http <host:port>', 'where to serve metrics and health', '127.0.0.1:9464')
    .option('--exit', 'run at full speed, without a server, and stop at the end')
    .addOption(
      new Option('--language <language>', 'of the warnings printed; the language of the shell unless given')
        .choices(['zh', 'en'])
        .default(process.env.LANG?.startsWith('zh') === true ? 'zh' : 'en'),
    )
    .addOption(
      new Option('--log-level <level>', 'how much to say on standard error').choices(logLevels).default('error'),
    )
    .option('--json', 'print what came of it as one JSON object at the end')
    .addHelpText('after', help)
    .action((options: Options) => demo(screen, options))
}

async function demo(screen: Screen, options: Options): Promise<void> {
  const startedMs = Date.now()
  const [days, enterprises, seed] = [
    wholeNumber('--days', options.days),
    wholeNumber('--enterprises', options.enterprises),
    wholeNumber('--seed', options.seed),
  ]
  const speed = options.exit === true ? 0 : nonNegative('--speed', options.speed)
  const profile = await loadProfile('cn')
  const model = await modelOf(profile)
  const stop = stopSignal() // from here on there is a folder to remove
  const folder = await mkdtemp(path.join(tmpdir(), 'forewarn-demo-'))
  const log = await openEmbeddedLog({ path: folder, mode: 'write' })
  const simulation = simulate(profile, { enterprises, days, seed, start: demoStartMs })
  const tally = new RunTally()
  const raises: Raise[] = []
  const fed = new AbortController()
  const quiet = options.json === true
  const tell = (notice: Notice): void => {
    tally.take(notice)
    if (notice.kind === 'ModelDrifted' && !quiet) screen.out.write(`${showDrift(notice, options.language)}\n`)
    if (notice.kind !== 'WarningChanged') return
    if (notice.change === 'raised') raises.push(notice)
    if (!quiet) screen.out.write(`${showWarning(notice, options.language, screen.out.isTTY === true)}\n`)
  }
  try {
    const service = await startService({
      log,
      profile,
      model,
      beatMs: demoBeatMs,
      slackMs: 0,
      checkpointEveryMs: 30 * secondMs,
      untilEnd: false,
      now: Date.now,
      tell,
      signal: AbortSignal.any([stop.signal, fed.signal]),
      logger: createLogger({ level: options.logLevel }),
      http: options.exit === true ? undefined : hostAndPort(options.http),
    })
    if (!quiet) welcome(screen, service, { days, enterprises })
    // The import is open before anything is folded, so that no beat closes by the clock.
    const writer = await ImportWriter.begin({ log, name: 'demo', now: Date.now }, demoStartMs)
    const running = service.follow()
    await feed(writer, simulation, {
      days,
      daysPerSecond: speed,
      watch: () => service.engine.watchedThrough(),
      signal: stop.signal,
    })
    if (options.exit !== true && !stop.signal.aborted) await idle(screen, stop.signal)
    fed.abort()
    await running
  } finally {
    stop.release()
    await log.close()
    await rm(folder, { recursive: true, force: true })
  }
  const outbreaks = scoreOutbreaks(simulation.truth.outbreaks, raises, profile, demoStartMs + days * dayMs)
  const seconds = (Date.now() - startedMs) / secondMs
  if (quiet) await print(screen, JSON.stringify({ ...tally.totals, outbreaks, seconds }))
  else {
    await print(screen, totalsLine(tally.totals))
    await print(
      screen,
      `outbreaks: ${outbreaks.injected} planned, ${outbreaks.found} warned of in time; ${outbreaks.raisedOutside} warnings touch none; ${seconds.toFixed(1)} s`,
    )
  }
}

function welcome(screen: Screen, service: Service, { days, enterprises }: { days: number; enterprises: number }): void {
  const served = service.address === undefined ? '' : `; metrics at ${service.address}/metrics`
  remark(
    screen,
    `A made-up market of ${enterprises.toLocaleString('en')} enterprises over ${days} days${served}. The first ${warmUpDays} days are history; Ctrl-C ends it.`,
  )
}

/** The market is over; the server stays up to be looked at. */
async function idle(screen: Screen, signal: AbortSignal): Promise<void> {
  remark(screen, 'The simulated days are over. The pages stay up; Ctrl-C ends the demo.')
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
