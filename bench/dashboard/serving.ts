/** The people's port over a prepared read model and a log of its own, in this process. */
import { pino } from 'pino'
import type { Log } from '../../src/log/port.ts'
import { Follower } from '../../src/readmodel/follower.ts'
import type { Store } from '../../src/readmodel/store.ts'
import { makeApp } from '../../src/serve/app.ts'
import { serveMetrics } from '../../src/serve/metrics.ts'
import { Stream } from '../../src/serve/stream.ts'
import { Verifications } from '../../src/serve/verifications.ts'
import { Watch } from '../../src/serve/watch.ts'
import type { Profile } from '../../streams/profile.ts'

export type Serving = { address: string; follow(): Promise<void>; close(): Promise<void> }

export async function serve(store: Store, profile: Profile, log: Log, pages: string): Promise<Serving> {
  const state = {
    editions: [{ profile, fromTick: Number.NEGATIVE_INFINITY }],
    ...{ beatMs: 1_000, throughBeat: undefined, importOpen: false, importThroughMs: undefined, model: null },
  }
  const follower = new Follower({
    openLog: async () => log,
    store,
    reopen: () => {
      throw new Error('the prepared read model is not of this log')
    },
    readSetting: async () => {
      watch.looked(state)
      return state
    },
  })
  const none = (): Promise<never> => Promise.reject(new Error('nobody folds'))
  const watch = new Watch(follower, Date.now)
  const stream = new Stream(watch)
  const app = await makeApp({
    ...{ watch, stream, explain: none, verifications: new Verifications(none), now: Date.now },
    ...{ host: '127.0.0.1', names: [], pages, registry: serveMetrics(watch, stream) },
    logger: pino({ level: 'error' }),
  })
  const follow = async (): Promise<void> => {
    await follower.round()
    watch.reached()
    stream.tell()
    stream.tellStatus()
  }
  await follow()
  return {
    address: await app.listen({ host: '127.0.0.1', port: 0 }),
    follow,
    close: async () => {
      stream.close()
      await app.close()
    },
  }
}
