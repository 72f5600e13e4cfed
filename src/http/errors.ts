/** Errors over HTTP: {code, message, remedy}, with the status that fits the code. What is not ours is told to the log only. */
import type { Socket } from 'node:net'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import { type ErrorCode, errorRegistry, ForewarnError } from '../errors.ts'
import type { Taken } from '../ingest/intake.ts'
import { httpHeadersMs } from '../limits.ts'

const retryAfterSeconds = 1

/** `refused` hears the code of each answer that is an error, and the id of the request. */
export function answerErrors(
  app: FastifyInstance,
  logger: Logger,
  refused: (code: ErrorCode, request: string) => void,
): void {
  app.setNotFoundHandler((request, reply) => {
    refused('FW_HTTP_ROUTE', request.id)
    return answer(reply, new ForewarnError('FW_HTTP_ROUTE', [`${request.method} ${request.url.slice(0, 200)}`]))
  })
  app.setErrorHandler((error, request, reply) => {
    const { cause, taken } = error instanceof BrokenOff ? error : { cause: error, taken: undefined }
    const known = cause instanceof ForewarnError ? cause : translate(cause, request)
    if (known.code === 'FW_INTERNAL') logger.error({ err: cause, request: request.id }, 'a request failed')
    refused(known.code, request.id)
    return answer(reply, known, taken)
  })
}

/** The reading of a body broke off, after a part of it was taken. */
export class BrokenOff extends Error {
  readonly taken: Taken

  constructor(cause: unknown, taken: Taken) {
    super('a body was taken in part', { cause })
    this.taken = taken
  }
}

/** A request that comes to no route: its address cannot be decoded, or is too long. */
export function answerUnreadable(error: Error, _request: unknown, reply: FastifyReply): void {
  answer(reply, new ForewarnError('FW_HTTP_REQUEST', [error.message.slice(0, 200)]))
}

/** What was taken before is told too. A sender that is broken or too slow is not waited for any longer. */
function answer(reply: FastifyReply, { code, message, remedy }: ForewarnError, taken?: Taken): FastifyReply {
  const status = errorRegistry[code].status ?? 500
  if (status === 401) reply.header('www-authenticate', 'Bearer')
  if (status === 503) reply.header('retry-after', String(retryAfterSeconds))
  if (!reply.request.raw.complete && (status === 400 || status === 408)) reply.header('connection', 'close')
  return reply.code(status).send({ code, message, remedy, ...(taken === undefined ? {} : { taken }) })
}

/** A connection without a request that could be answered: its head cannot be read, or did not come. Silence is answered by none. */
export function answerConnection(error: Error & { code?: string }, socket: Socket): void {
  if (socket.bytesRead === 0 || !socket.writable) return void socket.destroy()
  const known =
    error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
      ? new ForewarnError('FW_HTTP_TIMEOUT', [Math.round(httpHeadersMs / 1_000)])
      : new ForewarnError('FW_HTTP_REQUEST', [error.message.slice(0, 200)])
  const { code, message, remedy } = known
  const body = JSON.stringify({ code, message, remedy })
  const status = errorRegistry[code].status === 408 ? '408 Request Timeout' : '400 Bad Request'
  const head = `HTTP/1.1 ${status}\r\ncontent-type: application/json; charset=utf-8\r\nconnection: close\r\n`
  socket.end(`${head}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`, () => socket.destroy())
}

/** Fastify's own errors, by their codes. */
function translate(error: unknown, { headers }: FastifyRequest): ForewarnError {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE')
    return new ForewarnError('FW_HTTP_TYPE', [headers['content-type'] ?? 'something without a type'])
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : 500
  if (typeof status === 'number' && status >= 400 && status < 500)
    return new ForewarnError('FW_HTTP_REQUEST', [error instanceof Error ? error.message : ''])
  return new ForewarnError('FW_INTERNAL', ['a request failed; the log of the server says why'], { cause: error })
}
