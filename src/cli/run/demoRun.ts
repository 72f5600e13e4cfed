/** Runs the demo: an embedded log in a folder that vanishes, a service over it, and a simulated market that is fed into it. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { startService } from '../../http/service.ts'
import { ImportWriter } from '../../ingest/imports/importWriter.ts'
import { secondMs } from '../../limits.ts'
import { openEmbeddedLog } from '../../log/embedded/embeddedLog.ts'
import type { Notice } from '../../notices.ts'
import { modelOf } from '../../settings/models.ts'
import { loadProfile } from '../../settings/profiles.ts'
import { simulate } from '../../simulate/simulate.ts'
import { createLogger, type LogLevel } from '../../telemetry/logging.ts'
import { RunTotalsListener, totalsLine } from '../../telemetry/runTotals.ts'
import { accessOf, printResult, remark, type Screen } from '../common.ts'
import { showDrift, showWarning } from '../show.ts'
import { DemoClock } from './demoClock.ts'
import { demoBeatMs, demoPlans, demoStartMs, feed, historyDays } from './demoFeed.ts'
import { outbreaksLine, type Raise, scoreOutbreaks } from './demoScore.ts'
import { pagesAt } from './pagesFolder.ts'
import { type PagesProcess, startPages } from './pagesProcess.ts'

export type DemoSetting = {
  startedMs: number
  days: number
  enterprises: number
  seed: number
  /** 0: as fast as it goes. */
  daysPerSecond: number
  /** Where to serve and stay; undefined: stop at the end. */
  http: { host: string; port: number } | undefined
  /** Where to serve pages; undefined: none. */
  pages: string | undefined
  language: string
  logLevel: LogLevel
  json: boolean
}

export async function runDemo(screen: Screen, setting: DemoSetting, signal: AbortSignal): Promise<void> {
  const { days, enterprises, seed, language, json } = setting
  const profile = await loadProfile('cn')
  const model = await modelOf(profile)
  const folder = await mkdtemp(path.join(tmpdir(), 'forewarn-demo-'))
  const log = await openEmbeddedLog({ path: folder, mode: 'write' })
  const simulation = simulate(profile, { enterprises, days, seed, start: demoStartMs, ...demoPlans(days) })
  const counted = new RunTotalsListener()
  const raises: Raise[] = []
  const fed = new AbortController()
  const listener = (notice: Notice): void => {
    counted.take(notice)
    if (notice.kind === 'ModelDrifted' && !json) screen.out.write(`${showDrift(notice, language)}\n`)
    if (notice.kind !== 'WarningChanged') return
    if (notice.change === 'raised') raises.push(notice)
    if (!json) screen.out.write(`${showWarning(notice, language, screen.out.isTTY === true)}\n`)
  }
  let untilMs = demoStartMs
  const clock = new DemoClock(setting.daysPerSecond)
  let pages: PagesProcess | undefined
  try {
    const service = await startService({
      log,
      profile,
      model,
      beatMs: demoBeatMs,
      slackMs: 0,
      checkpointEveryMs: 30 * secondMs,
      untilEnd: false,
      audited: process.env.FOREWARN_ASSERT === '1',
      now: Date.now,
      listener,
      signal: AbortSignal.any([signal, fed.signal]),
      logger: createLogger({ level: setting.logLevel }),
      pages: () => pages,
      http: setting.http && { ...setting.http, ...accessOf(`embedded:${folder}`, setting.http) },
    })
    const shown = await pagesOf(screen, setting, { folder, clock })
    pages = shown
    if (!json && shown !== undefined) remark(screen, pagesAt(shown.address))
    else if (!json && service.address !== undefined) remark(screen, `Metrics at ${service.address}/metrics.`)
    // The import is open before anything is folded, so that no beat closes by the clock.
    const writer = await ImportWriter.begin({ log, id: 'import-demo-0', now: Date.now }, demoStartMs)
    const running = service.follow()
    await feed(writer, simulation, {
      days,
      clock,
      watch: () => service.engine.watchedThrough(),
      dayFolded: json ? () => {} : tellHistory(screen),
      signal,
    })
    clock.set({ ...clock.state, paused: true }) // the days are over: it stands, and nothing is wrong with that
    pages?.tellClock()
    if (setting.http !== undefined && !signal.aborted) await idle(screen, signal)
    fed.abort()
    await running
    untilMs = ((service.engine.watchedThrough() ?? Number.NaN) + 1) * demoBeatMs
  } finally {
    await pages?.end() // its read model lies in the folder
    await log.close()
    await rm(folder, { recursive: true, force: true })
  }
  const outbreaks = scoreOutbreaks(simulation.truth, raises, profile, untilMs)
  const seconds = (Date.now() - setting.startedMs) / secondMs
  await printResult(screen, setting, { ...counted.totals, outbreaks, seconds }, () => [
    totalsLine(counted.totals),
    `${outbreaksLine(outbreaks)}; ${seconds.toFixed(1)} s`,
  ])
}

async function pagesOf(
  screen: Screen,
  { pages }: DemoSetting,
  { folder, clock }: { folder: string; clock: DemoClock },
): Promise<PagesProcess | undefined> {
  if (pages === undefined) return undefined
  const args = ['--log', `embedded:${folder}`, '--http', pages, '--log-level', 'error']
  return startPages(args, { clock, tell: (text) => remark(screen, text) })
}

/** How far the history is, at most once a second. */
function tellHistory(screen: Screen): (day: number) => void {
  let nextMs = 0
  return (day) => {
    if (day > historyDays || (Date.now() < nextMs && day < historyDays)) return
    nextMs = Date.now() + secondMs
    remark(screen, `History: day ${day} of ${historyDays}.`)
  }
}

/** The market is over; the server stays up to be looked at. */
async function idle(screen: Screen, signal: AbortSignal): Promise<void> {
  remark(screen, 'The simulated days are over. The pages stay up; Ctrl-C ends the demo.')
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
