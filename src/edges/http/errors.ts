/** Errors over HTTP: {code, message, remedy}, with the status that fits the code. What is not ours is told to the log only. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import { type ErrorCode, ForewarnError } from '../../errors.ts'

const statuses: Partial<Record<ErrorCode, number>> = {
  FW_HTTP_REQUEST: 400,
  FW_RECORD_INVALID: 400,
  FW_HTTP_PAST: 400,
  FW_ENTERPRISE_UNKNOWN: 404,
  FW_HTTP_ROUTE: 404,
  FW_IMPORT_OPEN: 409,
  FW_BODY_TOO_LARGE: 413,
  FW_HTTP_TYPE: 415,
  FW_TASK_ELSEWHERE: 421,
  FW_HTTP_OVERLOADED: 503,
  FW_TASK_BUSY: 503,
  FW_LOG_FULL: 507,
}
const retryAfterSeconds = 1

export function answerErrors(app: FastifyInstance, logger: Logger): void {
  app.setNotFoundHandler((request, reply) =>
    answer(reply, new ForewarnError('FW_HTTP_ROUTE', [`${request.method} ${request.url.slice(0, 200)}`])),
  )
  app.setErrorHandler((error, request, reply) => {
    const known = error instanceof ForewarnError ? error : translate(error, request)
    if (known.code === 'FW_INTERNAL') logger.error({ err: error }, 'a request failed')
    return answer(reply, known)
  })
}

/** A request that comes to no route: its address cannot be decoded, or is too long. */
export function answerUnreadable(error: Error, _request: unknown, reply: FastifyReply): void {
  answer(reply, new ForewarnError('FW_HTTP_REQUEST', [error.message.slice(0, 200)]))
}

function answer(reply: FastifyReply, { code, message, remedy }: ForewarnError): FastifyReply {
  const status = statuses[code] ?? 500
  if (status === 503) reply.header('retry-after', String(retryAfterSeconds))
  return reply.code(status).send({ code, message, remedy })
}

/** Fastify's own errors, by their codes. */
function translate(error: unknown, { headers, routeOptions }: FastifyRequest): ForewarnError {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return new ForewarnError('FW_BODY_TOO_LARGE', [routeOptions.bodyLimit])
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE')
    return new ForewarnError('FW_HTTP_TYPE', [headers['content-type'] ?? 'something without a type'])
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : 500
  if (typeof status === 'number' && status >= 400 && status < 500)
    return new ForewarnError('FW_HTTP_REQUEST', [error instanceof Error ? error.message : ''])
  return new ForewarnError('FW_INTERNAL', ['a request failed; the log of the server says why'], { cause: error })
}
