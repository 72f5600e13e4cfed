/** A process that reads a log into a read model until it is through, or killed: `node followChild.ts LOG FILE`. It says each of its reads. */
import { writeSync } from 'node:fs'
import { openEmbeddedLog } from '../../src/log/embedded/embeddedLog.ts'
import type { Log } from '../../src/log/port.ts'
import { Follower } from '../../src/readmodel/follower.ts'
import { Store } from '../../src/readmodel/store.ts'
import { inSmallBatches } from '../support/fold.ts'
import { logOver } from '../support/logs.ts'
import { stateOf } from '../support/served.ts'
import { tinyProfile } from '../support/tinyProfile.ts'

const say = (line: string): number => writeSync(1, `${line}\n`)

const [, , folder, file] = process.argv
const plain = inSmallBatches(await openEmbeddedLog({ path: folder, mode: 'read' }), [5])
const log: Log = logOver(plain, {
  read: async (...args) => {
    say('read')
    return plain.read(...args)
  },
})
const follower = new Follower({
  openLog: async () => log,
  store: Store.open(file, 'test'),
  reopen: () => Store.open(file, 'test', { anew: true }),
  readSetting: async () => stateOf(tinyProfile),
})
await follower.round()
say('through')
await follower.close()
