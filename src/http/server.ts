/** The HTTP server: records in, metrics and health out. */
import { type FastifyInstance, fastify } from 'fastify'
import type { Logger } from 'pino'
import type { Registry } from 'prom-client'
import type { Profile } from '../../streams/profile.ts'
import type { Explanation } from '../enterprise/score/explanation.ts'
import { ForewarnError } from '../errors.ts'
import { httpHeadersMs, httpLookMs, httpRequestMs, httpStillMs } from '../limits.ts'
import type { Log } from '../log/port.ts'
import type { Listener } from '../notices.ts'
import { pageOf } from '../telemetry/page.ts'
import { addressFault } from './address.ts'
import type { BodyBounds } from './body.ts'
import { Connections } from './connections.ts'
import { answerConnection, answerErrors, answerUnreadable } from './errors.ts'
import { explanationRoute } from './explanation.ts'
import { type Access, guard } from './guard.ts'
import type { Readiness } from './readiness.ts'
import { recordRoutes } from './records.ts'
import { registryRoutes } from './registry.ts'
import { logRequests, requestId } from './requestLog.ts'

export type ServerOptions = Access & {
  /** 0: any free port. */
  port: number
  log: Log
  /** Read again for each request: another may take its place. */
  profile: Profile
  registry: Registry
  ready: () => Readiness
  /** The pages of this log, once this process has them served; undefined while nobody serves any. */
  pages?: () => Pages | undefined
  /** What is known of an enterprise now; a server without it has no such route. */
  explain?: (id: string) => Promise<Explanation>
  logger: Logger
  listener?: Listener
  /** Bounds of a body of records, where they are not the usual ones. */
  body?: Partial<BodyBounds>
  /** Milliseconds, for durations. */
  now?: () => number
}

/** `address`: where people look. `metrics`: what the process that serves them says of itself, in the format of Prometheus. */
export type Pages = { address: string; metrics(): Promise<string> }

/** `address`: `http://127.0.0.1:9464`, as other processes of this machine reach it. */
export type Server = { address: string; close(): Promise<void> }

/** Listens when the promise resolves. @throws ForewarnError FW_HTTP_BUSY when the port is taken, FW_USAGE when the host is none of this machine. */
export async function startServer(options: ServerOptions): Promise<Server> {
  const { registry, ready, explain, logger, listener = () => {}, now = () => performance.now() } = options
  const connections = new Connections(now)
  const app = fastify({
    logger: false,
    genReqId: requestId,
    connectionTimeout: httpStillMs,
    requestTimeout: httpRequestMs,
    http: { headersTimeout: httpHeadersMs, connectionsCheckingInterval: httpLookMs },
    return503OnClosing: false,
    frameworkErrors: answerUnreadable,
    clientErrorHandler: (error, socket) => connections.fault(socket, error) || answerConnection(error, socket),
  })
  connections.watch(app.server)
  logRequests(app, logger)
  app.removeAllContentTypeParsers() // a body is read where it is asked for
  app.addHook('onRequest', async () => {
    if (connections.closing) throw new ForewarnError('FW_HTTP_CLOSING')
  })
  answerErrors(app, logger, (code, request) => listener({ kind: 'RequestRefused', code, request }))
  guard(app, options)
  app.get('/', async (_request, reply) => {
    const pages = options.pages?.()
    if (pages === undefined) throw new ForewarnError('FW_PAGES_ELSEWHERE')
    return reply.redirect(`${pages.address}/`, 302)
  })
  app.get('/metrics', async (_request, reply) => {
    const said = await Promise.all([pageOf(registry), options.pages?.()?.metrics() ?? ''])
    return reply.type(registry.contentType).send(said.join('\n'))
  })
  app.get('/livez', async () => ({ alive: true }))
  app.get('/readyz', async (_request, reply) => {
    const state = ready()
    return reply.code(state.ready ? 200 : 503).send(state)
  })
  await app.register(async (scope) => recordRoutes(scope, connections, options)) // its body parser is not that of other routes
  await app.register(async (scope) => registryRoutes(scope, connections, options.log))
  if (explain !== undefined) explanationRoute(app, explain)
  await listen(app, options)
  return { address: addressOf(app, options), close: () => connections.close(app.server, app.close()) }
}

async function listen(app: FastifyInstance, { host, port }: ServerOptions): Promise<void> {
  try {
    await app.listen({ host, port })
  } catch (error) {
    await app.close()
    throw addressFault(error, { host, port })
  }
}

function addressOf(app: FastifyInstance, { host, port }: ServerOptions): string {
  const [at] = app.addresses()
  const taken = typeof at === 'object' ? at.port : port
  const reachable = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${taken}`
}
