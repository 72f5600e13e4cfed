/** A server over a log of its own, in a process of its own: asked, it tells the peak of its memory. `node intakeChild.ts FOLDER` */
import { Registry } from 'prom-client'
import { startServer } from '../../src/http/server.ts'
import { KiB } from '../../src/limits.ts'
import { openEmbeddedLog } from '../../src/log/embedded/embeddedLog.ts'
import { createLogger } from '../../src/telemetry/logging.ts'
import { tinyProfile } from '../support/tinyProfile.ts'

const log = await openEmbeddedLog({ path: process.argv[2], mode: 'write' })
const { address } = await startServer({
  host: '127.0.0.1',
  names: [],
  token: undefined,
  port: 0,
  log,
  profile: tinyProfile,
  registry: new Registry(),
  ready: () => ({ ready: true }),
  logger: createLogger({ level: 'silent' }),
})
process.on('message', () => process.send?.({ peakMiB: process.resourceUsage().maxRSS / KiB }))
process.send?.({ address })
