/** Pages as a process of their own beside a run or a demo: `forewarn serve`, which ends with this process. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { z } from 'zod'
import { detailsIn, ForewarnError } from '../../errors.ts'
import { workerKillAfterMs } from '../../limits.ts'
import { Failure } from './parent.ts'

/** What the process of pages tells: where it serves, and in the demo how fast the days should pass. */
const Told = z.union([
  z.object({ address: z.string() }),
  z.object({ clock: z.object({ paused: z.boolean(), daysPerSecond: z.number() }) }),
])
export type Clock = { paused: boolean; daysPerSecond: number }

export type PagesProcess = {
  address: string
  /** The days of the demo are over: its clock stands, and nothing is wrong with that. */
  daysAreOver(): void
  end(): Promise<void>
}

/** Resolves when the pages are served. @throws ForewarnError what the process failed with, such as FW_HTTP_BUSY. */
export async function startPages(
  args: readonly string[],
  setClock: (clock: Clock) => void = () => {},
): Promise<PagesProcess> {
  const [, program] = process.argv
  const child = spawn(process.execPath, [...process.execArgv, program, 'serve', ...args, '--end-with-parent'], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const closed = once(child, 'close')
  const served = Promise.withResolvers<string>()
  child.on('message', (message) => {
    const told = Told.safeParse(message).data
    if (told !== undefined && 'address' in told) served.resolve(told.address)
    else if (told !== undefined) setClock(told.clock)
    const failure = Failure.safeParse(message).data
    if (failure !== undefined) served.reject(new ForewarnError(failure.code, detailsIn(failure.code, failure.message)))
  })
  child.once('close', () =>
    served.reject(new ForewarnError('FW_INTERNAL', ['the process of the pages ended before it served'])),
  )
  const address = await served.promise
  return { address, daysAreOver: () => void child.send({ over: true }), end: () => end(child, closed) }
}

/** SIGTERM, and SIGKILL for one that does not end. */
async function end(child: ChildProcess, closed: Promise<unknown>): Promise<void> {
  child.kill('SIGTERM')
  const late = setTimeout(() => child.kill('SIGKILL'), workerKillAfterMs)
  await closed
  clearTimeout(late)
}
