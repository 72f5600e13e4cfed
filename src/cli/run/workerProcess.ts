/** One worker as a process: a `forewarn run` of its own, which ends with this process. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { workerKillAfterMs } from '../../limits.ts'
import { Failure } from './parent.ts'

/** `code`: null when a signal ended it. `out`: all that it printed. */
export type Ended = { code: number | null; out: string; failure: Failure | undefined }

const numberVariable = 'FOREWARN_WORKER'

/** The number of this process among workers; undefined for one that is none. */
export function workerNumber(env: NodeJS.ProcessEnv): number | undefined {
  const text = env[numberVariable]
  return text === undefined || !/^\d{1,6}$/.test(text) ? undefined : Number(text)
}

/** Runs to its end; asked to end by the signal. */
export async function runWorker(worker: number, args: readonly string[], signal: AbortSignal): Promise<Ended> {
  const [, program] = process.argv
  const child = spawn(process.execPath, [...process.execArgv, program, ...args, '--end-with-parent'], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    // All that the others say is in the arguments.
    env: { ...process.env, FOREWARN_WORKERS: undefined, FOREWARN_CONFIG: undefined, [numberVariable]: String(worker) },
  })
  const end = (): void => askToEnd(child)
  signal.addEventListener('abort', end, { once: true })
  let out = ''
  let failure: Failure | undefined
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    out += text
  })
  child.on('message', (message) => {
    failure = Failure.safeParse(message).data
  })
  await once(child, 'close')
  signal.removeEventListener('abort', end)
  return { code: child.exitCode, out, failure }
}

/** SIGTERM, and SIGKILL for one that does not end. */
function askToEnd(child: ChildProcess): void {
  child.kill('SIGTERM')
  setTimeout(() => child.kill('SIGKILL'), workerKillAfterMs).unref()
}
