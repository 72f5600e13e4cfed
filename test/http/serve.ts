/** A server for one test. Apart from what other tests share, so that they need not load one. */
import { Registry } from 'prom-client'
import { afterEach } from 'vitest'
import { type Server, type ServerOptions, startServer } from '../../src/http/server.ts'
import type { Log } from '../../src/log/port.ts'
import { createLogger } from '../../src/telemetry/logging.ts'
import { access } from '../ingest/support.ts'
import { tinyProfile } from '../support/tinyProfile.ts'

const servers: Server[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})

/** Closed when the test is over. */
export async function serve(log: Log, more: Partial<ServerOptions> = {}): Promise<Server> {
  const server = await startServer({
    ...access,
    port: 0,
    log,
    profile: tinyProfile,
    registry: new Registry(),
    ready: () => ({ ready: true }),
    logger: createLogger({ level: 'silent' }),
    ...more,
  })
  servers.push(server)
  return server
}
