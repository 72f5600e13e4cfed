/** A read model of what a log says, by the product's own follower. */
import type { Log } from '../../src/log/port.ts'
import { Follower } from '../../src/readmodel/follower.ts'
import type { Model } from '../../src/readmodel/query/ask.ts'
import { Store } from '../../src/readmodel/store.ts'
import { memoryLog } from './fold.ts'
import type { Said } from './sayings.ts'
import { stateOf } from './served.ts'
import { tinyProfile } from './tinyProfile.ts'

export async function logOf(said: readonly Said[]): Promise<Log> {
  const log = await memoryLog()
  for (const { topic, value, timeMs } of said)
    await log.append(topic, 0, [{ key: null, timeMs, value: Buffer.from(JSON.stringify(value)) }])
  return log
}

/** Of several profiles the last is the newest edition, in force from a tick that nobody reaches. */
export function followerOf(log: Log, store = Store.open(':memory:', 'test'), profiles = [tinyProfile]): Follower {
  const editions = profiles.map((profile, at) => ({
    profile,
    fromTick: at === 0 ? Number.NEGATIVE_INFINITY : Number.MAX_SAFE_INTEGER - 1,
  }))
  return new Follower({
    openLog: async () => log,
    store,
    reopen: () => Store.open(':memory:', 'test', { anew: true }),
    readSetting: async () => ({ ...stateOf(tinyProfile), editions }),
  })
}

export async function modelOver(said: readonly Said[]): Promise<Model> {
  const follower = followerOf(await logOf(said))
  await follower.round()
  const { store, editions } = follower
  if (editions === undefined) throw new Error('the log was not begun')
  return { store, editions }
}
