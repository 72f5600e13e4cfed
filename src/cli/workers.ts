/** `--workers N`: so many processes on this machine, each a member of the group; one that dies is started again. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { activate } from '../activation.ts'
import { sumTotals } from '../edges/tally.ts'
import { ForewarnError } from '../errors.ts'
import { secondMs } from '../limits.ts'
import { hostAndPort, kafkaBrokers, openLogOption, remark, type Screen, wholeNumber } from './common.ts'
import { printTotals, type RunOptions, settingOf } from './runSetting.ts'
import { stopSignal } from './stopSignal.ts'

const restartAfterMs = secondMs
const killAfterMs = 15 * secondMs

type WorkersOptions = {
  /** Arguments of each worker, by its number. */
  argsOf: (worker: number) => readonly string[]
  workers: number
  /** Rejects when nothing is to be hoped of starting a worker again that has failed. */
  checkHope: () => Promise<void>
  signal: AbortSignal
  screen: Screen
}

/** The first command of a new log is written here, once; then each worker is a `forewarn run` of its own. */
export async function runAsWorkers(screen: Screen, options: RunOptions, workers: string): Promise<void> {
  const count = wholeNumber('--workers', workers, 1)
  kafkaBrokers(options.log) // an embedded log has one writer
  const setting = await settingOf(options)
  const log = await openLogOption(options, 'write')
  await activate({ ...setting, log, now: Date.now }).finally(() => log.close())
  const { host, port } = hostAndPort(options.http)
  const stop = stopSignal()
  const startedMs = Date.now()
  try {
    const argsOf = (worker: number): string[] => [
      ...argumentsOf(options),
      '--json',
      '--http',
      `${host}:${port + worker}`,
    ]
    const checkHope = async (): Promise<void> => {
      // A worker that runs to the end has waited for its log before it failed; one that follows its log is always started again.
      if (options.untilEnd === true) await (await openLogOption(options, 'read')).close()
    }
    const printed = await runWorkers({ argsOf, workers: count, checkHope, signal: stop.signal, screen })
    await printTotals(screen, options, sumTotals(printed), startedMs)
  } finally {
    stop.release()
  }
}

/** What a worker is started with: everything that was asked for, but for workers, output and address. */
function argumentsOf(options: RunOptions): string[] {
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
  ]
}

/** Runs until the signal, or until every worker has ended by itself without an error. Gives what each printed; the first failure ends all. */
async function runWorkers(options: WorkersOptions): Promise<string[]> {
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

async function keepRunning(worker: number, { argsOf, checkHope, signal, screen }: WorkersOptions): Promise<string> {
  for (;;) {
    const { code, out } = await runOnce(argsOf(worker), signal)
    if (code === 0 || signal.aborted) return out
    if (code === usageExitCode) throw new ForewarnError('FW_USAGE', [`Worker ${worker} could not start.`])
    if (code !== null) await checkHope()
    remark(screen, `worker ${worker} ended with ${code}; it is started again`)
    await sleep(restartAfterMs, undefined, { signal }).catch(() => {})
    if (signal.aborted) return out
  }
}

const usageExitCode = 2

async function runOnce(args: readonly string[], signal: AbortSignal): Promise<{ code: number | null; out: string }> {
  const [, program] = process.argv
  const child = spawn(process.execPath, [...process.execArgv, program, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const end = (): void => askToEnd(child)
  signal.addEventListener('abort', end, { once: true })
  let out = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text
  })
  await once(child, 'close')
  signal.removeEventListener('abort', end)
  return { code: child.exitCode, out }
}

/** SIGTERM, and SIGKILL for one that does not end. */
function askToEnd(child: ChildProcess): void {
  child.kill('SIGTERM')
  setTimeout(() => child.kill('SIGKILL'), killAfterMs).unref()
}
