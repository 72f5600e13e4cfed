/** How a question to the read model is answered: with a tag, so that what did not change is not sent again. */
import { createHash, randomUUID } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { ForewarnError } from '../errors.ts'
import type { Follower } from '../readmodel/follower.ts'
import type { Model } from '../readmodel/query/ask.ts'

/** Versions of the store are counted in one process alone. */
const process = randomUUID().slice(0, 8)

/** @throws ForewarnError FW_READMODEL_BEHIND as long as nobody has begun to fold the log. */
export function modelOf({ store, editions, stopped }: Follower): Model {
  if (editions === undefined)
    throw new ForewarnError('FW_READMODEL_BEHIND', [stopped?.message ?? 'nobody has begun to fold the log'])
  return { store, editions }
}

/** Sets the headers; true when whoever asks has the answer already, and is told so. */
export function isUnchanged(request: FastifyRequest, reply: FastifyReply, { store }: Model): boolean {
  const of = createHash('sha256').update(request.url).digest('base64url').slice(0, 12)
  const tag = `W/"${process}-${store.version}-${of}"`
  reply.header('etag', tag).header('cache-control', 'private, no-cache')
  const given = request.headers['if-none-match']
  return given?.split(',').some((one) => one.trim() === tag) === true
}

/** What names enterprises is kept by nobody on the way. */
export function restricted(reply: FastifyReply): void {
  reply.header('cache-control', 'no-store')
}
