/** Errors as RFC 9457 has them, with the code, the message and the remedy of the one registry. What is not ours is told to the log only. */
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import type { z } from 'zod'
import { errorRegistry, ForewarnError, mistakesIn } from '../errors.ts'
import type { Problem } from './contracts.ts'

const retryAfterSeconds = 2
const urlCharacters = 200

export function answerProblems(app: FastifyInstance, logger: Logger): void {
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const known = error instanceof ForewarnError ? error : translated(error, request.headers['content-type'])
    if (known.code === 'FW_INTERNAL') logger.error({ err: error, request: request.id }, 'a request failed')
    return sendProblem(request, reply, known)
  })
}

export function notFound(request: FastifyRequest): ForewarnError {
  return new ForewarnError('FW_PAGE_UNKNOWN', [`${request.method} ${request.url.slice(0, urlCharacters)}`])
}

export function sendProblem(request: FastifyRequest, reply: FastifyReply, error: ForewarnError): FastifyReply {
  const problem = problemOf(error, request.id)
  if (problem.status === 503) reply.header('retry-after', String(retryAfterSeconds))
  return reply
    .code(problem.status)
    .header('cache-control', 'no-store')
    .type('application/problem+json')
    .serializer(JSON.stringify)
    .send(problem)
}

export function problemOf({ code, message, remedy }: ForewarnError, instance: string): Problem {
  const status = errorRegistry[code].status ?? 500
  return {
    type: `urn:forewarn:error:${code}`,
    title: message,
    status,
    detail: message,
    instance,
    code,
    message,
    remedy,
  }
}

/** Fastify's own errors. */
function translated(error: FastifyError, type: string | undefined): ForewarnError {
  const { statusCode = 500 } = error
  if (statusCode === 415) return new ForewarnError('FW_QUESTION_TYPE', [(type ?? 'nothing').slice(0, urlCharacters)])
  return statusCode >= 400 && statusCode < 500
    ? new ForewarnError('FW_QUESTION', [error.message.slice(0, urlCharacters)])
    : new ForewarnError('FW_INTERNAL', ['a request failed; the log of the server says why'], { cause: error })
}

/** What is asked, by its contract. @throws ForewarnError FW_QUESTION. */
export function asked<T>(contract: z.ZodType<T>, value: unknown): T {
  const parsed = contract.safeParse(value)
  if (parsed.success) return parsed.data
  throw new ForewarnError('FW_QUESTION', [mistakesIn(parsed.error.issues)[0]])
}
