/** Pages as a process of their own beside a run or a demo: `forewarn serve`, which ends with this process, and is started again when it dies. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { detailsIn, ForewarnError, messageOf } from '../../errors.ts'
import { pagesMetricsMs, workerKillAfterMs } from '../../limits.ts'
import { DemoClock } from '../../serve/contracts.ts'
import { Failure } from './parent.ts'
import { restartWaitMs } from './restart.ts'

/** How fast the days of the demo pass, as one process tells the other. */
export const ClockTold = z.object({ clock: DemoClock })
type ClockTold = z.infer<typeof ClockTold>

/** What the process of pages tells: where it serves, and in the demo how fast the days should pass. */
const Told = z.union([z.object({ address: z.string() }), ClockTold])

/** The clock of the demo, which stands here: a process of pages that is started again goes on with it. */
export type PagesClock = { readonly state: DemoClock; set(clock: DemoClock): void }

export type PagesOptions = {
  clock?: PagesClock
  /** Hears that the process died, and when it is started again. */
  tell: (text: string) => void
}

export type PagesProcess = {
  readonly address: string
  /** What it says of itself at `/metrics`, less what every process of Node says; nothing while it does not answer. */
  metrics(): Promise<string>
  /** Lets the process of pages know that the clock has been set here. */
  tellClock(): void
  end(): Promise<void>
}

type Child = { process: ChildProcess; closed: Promise<unknown>; address: string }

/** Resolves when the pages are served. @throws ForewarnError what the process failed with, such as FW_HTTP_BUSY. */
export async function startPages(args: readonly string[], options: PagesOptions): Promise<PagesProcess> {
  const over = new AbortController()
  let now = await started(args, options)
  const running = keepRunning()
  return {
    get address() {
      return now.address
    },
    metrics: () => metricsAt(now.address),
    tellClock: () => sendClock(now.process, options),
    end: async () => {
      over.abort()
      await end(now)
      await running
    },
  }

  async function keepRunning(): Promise<void> {
    for (let waitMs: number | undefined; ; ) {
      const startedMs = performance.now()
      await now.closed
      if (over.signal.aborted) return
      waitMs = restartWaitMs(waitMs, performance.now() - startedMs)
      options.tell(`the process of the pages ended; it is started again in ${waitMs / 1_000} s`)
      await sleep(waitMs, undefined, { signal: over.signal }).catch(() => {})
      if (over.signal.aborted) return
      const again = await started(args, options).catch((error: unknown) => options.tell(messageOf(error)))
      if (again !== undefined) now = again
      if (over.signal.aborted) await end(now)
    }
  }
}

async function started(args: readonly string[], options: PagesOptions): Promise<Child> {
  const { clock } = options
  const [, program] = process.argv
  const speed = clock === undefined ? [] : ['--demo-speed', String(clock.state.daysPerSecond)]
  const all = [...process.execArgv, program, 'serve', ...args, ...speed, '--end-with-parent']
  const child = spawn(process.execPath, all, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  const closed = once(child, 'close')
  const served = Promise.withResolvers<string>()
  child.on('message', (message) => {
    const told = Told.safeParse(message).data
    if (told !== undefined && 'address' in told) served.resolve(told.address)
    else if (told !== undefined) clock?.set(told.clock)
    const failure = Failure.safeParse(message).data
    if (failure !== undefined) served.reject(new ForewarnError(failure.code, detailsIn(failure.code, failure.message)))
  })
  child.once('close', () =>
    served.reject(new ForewarnError('FW_INTERNAL', ['the process of the pages ended before it served'])),
  )
  const address = await served.promise
  sendClock(child, options)
  return { process: child, closed, address }
}

function sendClock(child: ChildProcess, { clock }: PagesOptions): void {
  if (clock !== undefined && child.connected) child.send({ clock: clock.state } satisfies ClockTold)
}

async function metricsAt(address: string): Promise<string> {
  try {
    const answer = await fetch(`${address}/metrics`, { signal: AbortSignal.timeout(pagesMetricsMs) })
    if (!answer.ok) return ''
    const families = (await answer.text()).split(/\n(?=# HELP )/)
    return families.filter((family) => family.startsWith('# HELP forewarn_')).join('\n')
  } catch {
    return '' // it ends, or has too much to do: its series are missing, which says so
  }
}

/** SIGTERM, and SIGKILL for one that does not end. */
async function end({ process: child, closed }: Child): Promise<void> {
  child.kill('SIGTERM')
  const late = setTimeout(() => child.kill('SIGKILL'), workerKillAfterMs)
  await closed
  clearTimeout(late)
}
