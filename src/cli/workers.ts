/** `--workers N`: so many processes on this machine, each a member of the group; one that dies is started again. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { ForewarnError } from '../errors.ts'
import { secondMs } from '../limits.ts'
import { remark, type Screen } from './common.ts'

const restartAfterMs = secondMs
const killAfterMs = 15 * secondMs

export type WorkersOptions = {
  /** Arguments of each worker, by its number. */
  argsOf: (worker: number) => readonly string[]
  workers: number
  signal: AbortSignal
  screen: Screen
}

/** Runs until the signal, or until every worker has ended by itself without an error. Gives what each printed. */
export function runWorkers({ argsOf, workers, signal, screen }: WorkersOptions): Promise<string[]> {
  return Promise.all(
    Array.from({ length: workers }, (_, worker) => keepRunning(worker, argsOf(worker), signal, screen)),
  )
}

async function keepRunning(
  worker: number,
  args: readonly string[],
  signal: AbortSignal,
  screen: Screen,
): Promise<string> {
  for (;;) {
    const { code, out } = await runOnce(args, signal)
    if (code === 0 || signal.aborted) return out
    if (code === usageExitCode) throw new ForewarnError('FW_USAGE', [`Worker ${worker} could not start.`])
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
