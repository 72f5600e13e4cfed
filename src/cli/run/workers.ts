/** `--workers N`: so many processes on this machine, each a member of the group; one that dies is started again. */
import { setTimeout as sleep } from 'node:timers/promises'
import { activate, profileToRun } from '../../activation.ts'
import { detailsIn, type ErrorCode, ForewarnError } from '../../errors.ts'
import { workerKillAfterMs } from '../../limits.ts'
import { sumTotals } from '../../telemetry/runTotals.ts'
import { hostAndPort, logPlace, remark, type Screen, wholeNumber, withLog } from '../common.ts'
import { restartWaitMs } from './restart.ts'
import { printTotals, type RunOptions, settingOf } from './runSetting.ts'
import { stopSignal } from './stopSignal.ts'
import { type Ended, runWorker } from './workerProcess.ts'

export type WorkersOptions = {
  /** Runs a worker, by its number, to its end. */
  run: (worker: number, signal: AbortSignal) => Promise<Ended>
  workers: number
  /** Rejects when nothing is to be hoped of starting a worker again that has failed. */
  checkHope: () => Promise<void>
  signal: AbortSignal
  screen: Screen
  /** Milliseconds, for durations. */
  now: () => number
  wait: (ms: number, signal: AbortSignal) => Promise<unknown>
}

/** The first command of a new log is written here, once; then each worker is a `forewarn run` of its own. */
export async function runAsWorkers(screen: Screen, options: RunOptions, workers: string): Promise<void> {
  const count = wholeNumber('--workers', workers, 1)
  if (logPlace(options.log).kind === 'embedded')
    throw new ForewarnError('FW_USAGE', [
      `--workers needs a log on Kafka (--log kafka://HOST:PORT,HOST:PORT): ${options.log} has one writer.`,
    ])
  const setting = await settingOf(options)
  await withLog(options, 'write', async (log) =>
    activate({ ...setting, profile: await profileToRun(log, setting.profile), log, now: Date.now }),
  )
  const stop = stopSignal()
  const startedMs = Date.now()
  try {
    const checkHope = async (): Promise<void> => {
      // A worker that runs to the end has waited for its log before it failed; one that follows its log is always started again.
      if (options.untilEnd === true) await withLog(options, 'read', async () => {})
    }
    const printed = await runWorkers({
      run: (worker, signal) => runWorker(worker, argumentsOf(options, worker), signal),
      workers: count,
      checkHope,
      signal: stop.signal,
      screen,
      now: () => performance.now(),
      wait: (ms, signal) => sleep(ms, undefined, { signal }).catch(() => {}),
    })
    await printTotals(screen, options, sumTotals(printed), startedMs)
  } finally {
    stop.release()
  }
}

/** What a worker is started with: everything that was asked for, at a port of its own. The first one has the pages served. */
export function argumentsOf(options: RunOptions, worker: number): string[] {
  const { host, port } = hostAndPort(options.http)
  const { serve } = options
  return [
    'run',
    ...['--log', options.log, '--input-prefix', options.inputPrefix, '--output-prefix', options.outputPrefix],
    ...['--profile', options.profile, '--beat-ms', options.beatMs, '--slack-ms', options.slackMs],
    ...[
      '--ahead-max',
      options.aheadMax,
      '--checkpoint-every',
      options.checkpointEvery,
      '--epoch-records',
      options.epochRecords,
    ],
    ...['--session-ms', options.sessionMs, '--log-level', options.logLevel],
    ...(options.untilEnd === true ? ['--until-end'] : []),
    ...(serve === undefined || worker > 0 ? [] : ['--serve', ...(serve === true ? [] : [serve])]),
    ...['--json', '--http', `${host.includes(':') ? `[${host}]` : host}:${port + worker}`],
  ]
}

/** Runs until the signal, or until every worker has ended by itself without an error. Gives what each printed; the first failure ends all. */
export async function runWorkers(options: WorkersOptions): Promise<string[]> {
  const failed = new AbortController()
  const signal = AbortSignal.any([options.signal, failed.signal])
  const running = Array.from({ length: options.workers }, (_, worker) =>
    keepRunning(worker, { ...options, signal }).catch((error: unknown) => {
      failed.abort()
      throw error
    }),
  )
  await Promise.allSettled(running)
  return Promise.all(running)
}

/** Starts a worker again that has failed, later each time, until it has run well for a while. */
async function keepRunning(worker: number, options: WorkersOptions): Promise<string> {
  const { run, checkHope, signal, screen, now, wait } = options
  for (let waitMs: number | undefined; ; ) {
    const startedMs = now()
    const { code, out, failure } = await run(worker, signal)
    if (code === 0 || signal.aborted) return out
    waitMs = restartWaitMs(waitMs, now() - startedMs)
    if (failure !== undefined && !passes(failure.code, waitMs))
      throw new ForewarnError(failure.code, detailsIn(failure.code, failure.message))
    if (code === usageExitCode && failure === undefined)
      throw new ForewarnError('FW_USAGE', [`Worker ${worker} could not start.`])
    if (code !== null) await checkHope()
    remark(screen, `worker ${worker} ended with ${code}; it is started again in ${waitMs / 1_000} s`)
    await wait(waitMs, signal)
    if (signal.aborted) return out
  }
}

const usageExitCode = 2
/** Faults that a worker may be rid of when it is started again; all others stand until somebody mends them. */
const passing: readonly ErrorCode[] = ['FW_LOG_UNAVAILABLE', 'FW_TASK_FENCED', 'FW_INTERNAL']

/** An address may be in use by workers that are just ending, but not for long. */
function passes(code: ErrorCode, waitMs: number): boolean {
  return passing.includes(code) || (code === 'FW_HTTP_BUSY' && waitMs < workerKillAfterMs)
}
