/** The people's port over a log of a test, asked without a socket. */
import { pino } from 'pino'
import { expect } from 'vitest'
import type { Log } from '../../src/log/port.ts'
import { Follower } from '../../src/readmodel/follower.ts'
import { Store } from '../../src/readmodel/store.ts'
import { makeApp } from '../../src/serve/app.ts'
import type { LogState } from '../../src/serve/logState.ts'
import { serveMetrics } from '../../src/serve/metrics.ts'
import { Stream } from '../../src/serve/stream.ts'
import { Verifications } from '../../src/serve/verifications.ts'
import { Watch } from '../../src/serve/watch.ts'
import type { Profile } from '../../streams/profile.ts'

export type Asked = { status: number; json: unknown; headers: Record<string, unknown>; text: string; bytes: Buffer }

export type Served = {
  follower: Follower
  watch: Watch
  stream: Stream
  get(url: string, headers?: Record<string, string>): Promise<Asked>
  post(url: string, body: object | string, headers?: Record<string, string>): Promise<Asked>
  /** Reads to the end of the log. */
  read(): Promise<void>
  /** Serves on a socket, and gives the address. */
  listen(): Promise<string>
  close(): Promise<void>
}

/** As a log says it that was folded by a test, which writes no commands. */
export const stateOf = (profile: Profile): LogState => ({
  editions: [{ profile, fromTick: Number.NEGATIVE_INFINITY }],
  ...{ beatMs: 1_000, throughBeat: undefined, importOpen: false, importThroughMs: undefined, model: null },
})

/** Over a log, or over none yet. */
export async function served(
  log: Log | undefined,
  profile: Profile,
  store = Store.open(':memory:', 'test'),
): Promise<Served> {
  const state = stateOf(profile)
  const follower: Follower = new Follower({
    openLog: async () => log,
    store,
    reopen: () => Store.open(':memory:', 'test'),
    readSetting: async () => {
      watch.looked(state)
      return state
    },
  })
  const watch = new Watch(follower, Date.now)
  const stream = new Stream(watch)
  const explain = (): Promise<never> => Promise.reject(new Error('nobody folds'))
  const verifications = new Verifications(() => Promise.reject(new Error('nobody verifies')))
  const app = await makeApp({
    ...{
      watch,
      stream,
      explain,
      verifications,
      now: () => 0,
      host: '127.0.0.1',
      names: [],
      pages: '/nowhere',
      registry: serveMetrics(watch, stream),
    },
    logger: pino({ level: 'silent' }),
    clock: { state: { paused: false, daysPerSecond: 1 }, tell: () => {} },
  })
  return {
    ...{ follower, watch, stream },
    get: async (url, headers = {}) => askedOf(await app.inject({ method: 'GET', url: `/api/v1${url}`, headers })),
    post: async (url, body, headers = {}) =>
      askedOf(await app.inject({ method: 'POST', url: `/api/v1${url}`, payload: body, headers })),
    read: async () => {
      expect(await follower.round()).toBe(true)
      watch.reached()
    },
    listen: () => app.listen({ host: '127.0.0.1', port: 0 }),
    close: async () => {
      stream.close()
      await app.close()
      store.close()
    },
  }
}

type Answer = { statusCode: number; rawPayload: Buffer; headers: Record<string, unknown> }

/** JSON is read of what is not compressed. */
function askedOf({ statusCode, rawPayload, headers }: Answer): Asked {
  const text = rawPayload.toString('utf8')
  const isJson = String(headers['content-type']).includes('json') && headers['content-encoding'] === undefined
  return { status: statusCode, json: isJson ? JSON.parse(text) : undefined, headers, text, bytes: rawPayload }
}
