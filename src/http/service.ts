/** One running process: the engine over a log, its notices as log lines and metrics, and its HTTP server. */
import type { Logger } from 'pino'
import type { RiskModel } from '../../models/risk/riskModel.ts'
import type { Profile } from '../../streams/profile.ts'
import { type Engine, type EngineOptions, openEngine } from '../engine.ts'
import { messageOf } from '../errors.ts'
import { busy } from '../fold/questions.ts'
import type { Listener, Notice } from '../notices.ts'
import { logNotices } from '../telemetry/logging.ts'
import { metrics } from '../telemetry/metrics.ts'
import type { Access } from './guard.ts'
import { readiness } from './readiness.ts'
import { type Pages, type Server, startServer } from './server.ts'

export type ServiceOptions = Omit<EngineOptions, 'listener'> & {
  profile: Profile
  model: RiskModel | null
  logger: Logger
  /** Where to serve; undefined: no server (a run to the end of the log). */
  http: (Access & { port: number }) | undefined
  /** The pages of this log, once they are served. */
  pages?: () => Pages | undefined
  /** Receives every notice too. */
  listener?: Listener
  /** Is given the ear of this process, for what others have to tell: the log, the group. */
  listen?: (listener: Listener) => void
}

export type Service = {
  engine: Engine
  address: string | undefined /** Follows the log until the signal, then closes the server. */
  follow(): Promise<void>
}

/** Serves before it restores, so that its health can be seen all the time. */
export async function startService(options: ServiceOptions): Promise<Service> {
  const { log, logger, http, signal } = options
  let engine: Engine | undefined
  const inForce = (): Profile => engine?.profile() ?? options.profile
  const seen = metrics({
    get profile() {
      return inForce()
    },
    now: options.now,
  })
  await seen.seed(log)
  const ready = readiness(options.now)
  const listeners: Listener[] = [
    logNotices(logger),
    seen.listener,
    ready.listener,
    ...(options.listener === undefined ? [] : [options.listener]),
  ]
  const listener = (notice: Notice): void => {
    for (const listener of listeners) listener(notice)
  }
  options.listen?.(listener)
  let server: Server | undefined
  if (http !== undefined) {
    server = await startServer({
      ...http,
      ...(options.pages === undefined ? {} : { pages: options.pages }),
      log,
      get profile() {
        return inForce()
      },
      registry: seen.registry,
      ready: ready.state,
      explain: async (id) => {
        if (engine === undefined) throw busy('the process restores its tasks')
        return engine.explain(id)
      },
      logger,
      listener,
    })
    log.announce?.(server.address)
    listener({ kind: 'Serving', address: server.address })
  }
  try {
    const opened = await openEngine({ ...options, listener })
    engine = opened
    return { engine: opened, address: server?.address, follow: () => followAndClose(opened, server) }
  } catch (error) {
    await server?.close()
    throw error
  }

  async function followAndClose(followed: Engine, open: Server | undefined): Promise<void> {
    let why = 'the end of the log'
    try {
      await followed.follow()
      if (signal.aborted) why = 'asked to'
    } catch (error) {
      why = messageOf(error)
      throw error
    } finally {
      listener({ kind: 'Stopping', why })
      await open?.close()
    }
  }
}
