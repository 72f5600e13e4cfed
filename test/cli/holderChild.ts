/** Holds the log in the folder given; with `true` serves HTTP on it. Says `ready` when it does. */
import { Registry } from 'prom-client'
import { startServer } from '../../src/http/server.ts'
import { madeToken } from '../../src/http/token.ts'
import { openEmbeddedLog } from '../../src/log/embedded/embeddedLog.ts'
import { loadProfile } from '../../src/settings/profiles.ts'
import { createLogger } from '../../src/telemetry/logging.ts'

const [folder, serves] = process.argv.slice(2)
const log = await openEmbeddedLog({ path: folder, mode: 'write' })
if (serves === 'true') {
  const profile = await loadProfile('cn')
  const logger = createLogger({ level: 'error' })
  const server = await startServer({
    host: '127.0.0.1',
    port: 0,
    names: [],
    token: madeToken(folder),
    log,
    profile,
    registry: new Registry(),
    ready: () => ({ ready: true }),
    logger,
  })
  log.announce(server.address)
}
process.stdout.write('ready\n')
setInterval(() => {}, 1_000)
