/** `forewarn serve`: follows a log into its read model, and serves pages and API. The log need not be there yet. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { Profile } from '../../streams/profile.ts'
import { ForewarnError, messageOf } from '../errors.ts'
import { addressFault } from '../http/address.ts'
import { logRetryMs, readModelEveryMs } from '../limits.ts'
import type { Log } from '../log/port.ts'
import { Follower } from '../readmodel/follower.ts'
import { Store } from '../readmodel/store.ts'
import { makeApp } from './app.ts'
import { logStates } from './logState.ts'
import { explanations, type Machine } from './machine.ts'
import { serveMetrics } from './metrics.ts'
import type { ClockPort } from './routes/clock.ts'
import { Stream } from './stream.ts'
import { type RunVerify, Verifications } from './verifications.ts'
import { Watch } from './watch.ts'

export type ServeOptions = {
  /** Opens the log; undefined while there is none. */
  openLog: () => Promise<Log | undefined>
  /** Names the log in the read model. */
  logName: string
  /** By which a log is read that knows no other. */
  profile: Profile
  /** File of the read model. */
  file: string
  host: string
  port: number
  names: readonly string[]
  /** Folder of the built pages. */
  pages: string
  machine: () => Machine | undefined
  logger: Logger
  clock?: ClockPort | undefined
  verify: RunVerify
  /** Milliseconds since 1970. */
  now?: () => number
}

export type Serving = {
  address: string
  watch: Watch
  follow(signal: AbortSignal): Promise<void>
  close(): Promise<void>
}

/** Listens when the promise resolves. @throws ForewarnError FW_HTTP_BUSY, FW_READMODEL. */
export async function startServing(options: ServeOptions): Promise<Serving> {
  const {
    openLog,
    logName,
    profile,
    file,
    host,
    port,
    names,
    pages,
    machine,
    logger,
    clock,
    verify,
    now = Date.now,
  } = options
  let read: ReturnType<typeof logStates> | undefined
  const follower: Follower = new Follower({
    openLog,
    store: Store.open(file, logName),
    reopen: () => Store.open(file, logName, { anew: true }),
    readSetting: async (log) => {
      read ??= logStates(log, profile)
      const state = await read()
      watch.looked(state)
      return state
    },
  })
  const watch = new Watch(follower, now)
  const stream = new Stream(watch)
  const app = await makeApp({
    watch,
    stream,
    clock,
    explain: explanations(machine),
    verifications: new Verifications(verify),
    now,
    host,
    names,
    pages,
    registry: serveMetrics(watch, stream),
    logger,
  })
  try {
    await app.listen({ host, port })
  } catch (error) {
    await follower.close()
    throw addressFault(error, { host, port })
  }
  const [at] = app.addresses()
  return {
    address: `http://${host.includes(':') ? `[${host}]` : host}:${typeof at === 'object' ? at.port : port}`,
    watch,
    follow: (signal) => follow({ follower, watch, stream, logger }, signal),
    close: async () => {
      stream.close()
      await app.close()
      await follower.close()
    },
  }
}

type Parts = { follower: Follower; watch: Watch; stream: Stream; logger: Logger }

/** Round after round until the signal. What a round cannot do is told, and tried again. */
async function follow({ follower, watch, stream, logger }: Parts, signal: AbortSignal): Promise<void> {
  const aborted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
  while (!signal.aborted) {
    try {
      if (await follower.round(signal)) watch.reached()
      stream.tell()
    } catch (error) {
      const known =
        error instanceof ForewarnError ? error : new ForewarnError('FW_INTERNAL', [messageOf(error)], { cause: error })
      logger.error({ err: error }, 'the read model could not go on')
      watch.failed(known)
      await sleep(logRetryMs, undefined, { signal }).catch(() => {})
    }
    stream.tellStatus()
    await Promise.race([follower.changed(readModelEveryMs), aborted])
  }
}
