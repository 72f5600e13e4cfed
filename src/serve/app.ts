/** The people's port: pages, and the API that they and others ask. */
import { existsSync } from 'node:fs'
import fastifyHelmet from '@fastify/helmet'
import fastifyStatic from '@fastify/static'
import fastifySwagger from '@fastify/swagger'
import { type FastifyInstance, type FastifyReply, fastify } from 'fastify'
import { jsonSchemaTransform, jsonSchemaTransformObject, serializerCompiler } from 'fastify-type-provider-zod'
import type { Logger } from 'pino'
import type { Registry } from 'prom-client'
import packageJson from '../../package.json' with { type: 'json' }
import { ForewarnError } from '../errors.ts'
import { guard } from '../http/guard.ts'
import { logRequests, requestId } from '../http/requestLog.ts'
import { httpHeadersMs, httpRequestMs } from '../limits.ts'
import { pageOf } from '../telemetry/page.ts'
import { compressAnswers } from './compress.ts'
import type { Explain } from './machine.ts'
import { answerProblems, notFound, sendProblem } from './problems.ts'
import { cellRoutes } from './routes/cells.ts'
import { type ClockPort, clockRoutes } from './routes/clock.ts'
import { enterpriseRoutes } from './routes/enterprises.ts'
import { exportRoutes } from './routes/exports.ts'
import { sourceRoutes } from './routes/sources.ts'
import { statusRoutes } from './routes/status.ts'
import { streamRoute } from './routes/stream.ts'
import { verificationRoutes } from './routes/verifications.ts'
import { warningRoutes } from './routes/warnings.ts'
import type { Stream } from './stream.ts'
import type { Verifications } from './verifications.ts'
import type { Watch } from './watch.ts'

export type AppOptions = {
  watch: Watch
  stream: Stream
  explain: Explain
  verifications: Verifications
  now: () => number
  /** Of the demo alone. */
  clock?: ClockPort | undefined
  /** The address that is listened at, and further names of this machine. */
  host: string
  names: readonly string[]
  /** Folder of the built pages. */
  pages: string
  registry: Registry
  logger: Logger
}

/** Characters of one part of an address; what is longer is no id of ours. */
const addressPartMax = 300

export async function makeApp(options: AppOptions): Promise<FastifyInstance> {
  const { watch, stream, explain, verifications, now, clock, host, names, pages, registry, logger } = options
  const app = fastify({
    logger: false,
    genReqId: requestId,
    requestTimeout: httpRequestMs,
    http: { headersTimeout: httpHeadersMs },
    return503OnClosing: false,
    routerOptions: { maxParamLength: addressPartMax },
    frameworkErrors: (error, request, reply) =>
      void sendProblem(request, reply, new ForewarnError('FW_QUESTION', [error.message.slice(0, addressPartMax)])),
  })
  app.setValidatorCompiler(() => (value) => ({ value })) // contracts are asked where they are read
  app.setSerializerCompiler(serializerCompiler)
  app.removeContentTypeParser('text/plain') // a form of another page may send it without being asked
  answerProblems(app, logger)
  logRequests(app, logger)
  compressAnswers(app)
  guard(app, { host, names, token: undefined })
  await app.register(fastifyHelmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': ["'self'"],
        'frame-ancestors': ["'none'"],
        'base-uri': ["'none'"],
        'form-action': ["'self'"],
      },
    },
    frameguard: { action: 'deny' },
    referrerPolicy: { policy: 'no-referrer' },
    hsts: false, // open mode is served to this machine without TLS
  })
  await app.register(fastifySwagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Forewarn',
        version: packageJson.version,
        description: 'Warnings, cells, enterprises and data state, read from the log.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      servers: [{ url: '/' }],
    },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  })
  app.get('/livez', { schema: { hide: true } }, async () => ({ alive: true }))
  app.get('/readyz', { schema: { hide: true } }, async (_request, reply) => {
    const state = watch.ready()
    return reply.code(state.ready ? 200 : 503).send(state)
  })
  app.get('/metrics', { schema: { hide: true } }, async (_request, reply) =>
    reply.type(registry.contentType).send(await pageOf(registry)),
  )
  await app.register(
    async (api) => {
      statusRoutes(api, watch, { clock: clock !== undefined })
      warningRoutes(api, watch.follower)
      cellRoutes(api, watch.follower)
      enterpriseRoutes(api, watch.follower, explain)
      sourceRoutes(api, watch.follower)
      verificationRoutes(api, watch.follower, verifications)
      exportRoutes(api, watch.follower, now)
      streamRoute(api, stream)
      if (clock !== undefined) clockRoutes(api, clock)
      api.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger())
    },
    { prefix: '/api/v1' },
  )
  await servePages(app, pages)
  return app
}

/** Names under `assets` hold the hash of what is in them. */
function cacheOf(reply: FastifyReply, file: string): void {
  const isHashed = file.includes('/assets/')
  void reply.header('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache')
}

/** Files of the built pages; every address of a page is answered by the one document, which knows what to show. */
async function servePages(app: FastifyInstance, folder: string): Promise<void> {
  const isBuilt = existsSync(folder)
  if (isBuilt)
    await app.register(fastifyStatic, { root: folder, preCompressed: true, cacheControl: false, setHeaders: cacheOf })
  app.setNotFoundHandler((request, reply) => {
    const isPage =
      request.method === 'GET' &&
      !request.url.startsWith('/api/') &&
      request.headers.accept?.includes('text/html') === true
    if (isPage && isBuilt) return reply.sendFile('index.html')
    if (isPage) return sendProblem(request, reply, new ForewarnError('FW_PAGES_NOT_BUILT'))
    return sendProblem(request, reply, notFound(request))
  })
}
