/** Each request has a number that its answer shows (`x-request-id`) and its log lines name; at debug each is a line. No line has an address, in which ids of enterprises may stand. */
import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'

const header = 'x-request-id'

/** That of whoever asks, if it has the form of one; else a new one. */
export function requestId({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const given = headers[header]
  return typeof given === 'string' && /^[\w-]{1,64}$/.test(given) ? given : randomUUID()
}

export function logRequests(app: FastifyInstance, logger: Logger): void {
  app.addHook('onRequest', async (request, reply) => void reply.header(header, request.id))
  app.addHook('onResponse', async ({ id, method, routeOptions }, reply) => {
    if (!logger.isLevelEnabled('debug')) return
    const { statusCode: status } = reply
    const ms = Math.round(reply.elapsedTime)
    logger.debug(
      { kind: 'Request', request: id, method, route: routeOptions.url ?? null, status, ms },
      'request answered',
    )
  })
}
