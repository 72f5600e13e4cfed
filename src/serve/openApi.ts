/** The OpenAPI document without a log: the routes are asked for it, and for nothing else. */
import { pino } from 'pino'
import { ForewarnError } from '../errors.ts'
import { Follower } from '../readmodel/follower.ts'
import { Store } from '../readmodel/store.ts'
import { makeApp } from './app.ts'
import { serveMetrics } from './metrics.ts'
import { Stream } from './stream.ts'
import { Verifications } from './verifications.ts'
import { Watch } from './watch.ts'

export async function openApi(): Promise<object> {
  const store = Store.open(':memory:', 'none')
  const none = (): Promise<never> => Promise.reject(new ForewarnError('FW_MACHINE', ['none is asked']))
  const follower = new Follower({
    store,
    openLog: async () => undefined,
    reopen: () => store,
    readSetting: async () => undefined,
  })
  const watch = new Watch(follower, () => 0)
  const stream = new Stream(watch)
  const app = await makeApp({
    ...{
      watch,
      stream,
      explain: none,
      verifications: new Verifications(none),
      host: '127.0.0.1',
      names: [],
      pages: '/nowhere',
    },
    ...{ registry: serveMetrics(watch, stream), logger: pino({ level: 'silent' }), now: () => 0 },
    clock: { state: { paused: false, daysPerSecond: 1 }, tell: () => {} },
  })
  await app.ready()
  const document = app.swagger()
  stream.close()
  await app.close()
  store.close()
  return document
}
