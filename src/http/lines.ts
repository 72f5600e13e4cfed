import type { FastifyInstance } from 'fastify'
import { ForewarnError } from '../errors.ts'
import { bodyPauseMs, bodyWaitMs } from '../limits.ts'
import { Body, type BodyBounds } from './body.ts'
import type { Connections } from './connections.ts'

/** Bodies of this scope are lines of text, read as they come in. One that says beforehand that it is too large is not read. */
export function takeLines(
  app: FastifyInstance,
  connections: Connections,
  { bytesMax, pauseMs = bodyPauseMs, waitMs = bodyWaitMs }: Pick<BodyBounds, 'bytesMax'> & Partial<BodyBounds>,
  types: string[],
): void {
  app.addHook('onRequest', async ({ headers }) => {
    if (Number(headers['content-length']) > bytesMax) throw new ForewarnError('FW_BODY_TOO_LARGE', [bytesMax])
  })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(types, ({ raw }, _payload, done) =>
    done(null, connections.bodyOf(raw, { bytesMax, pauseMs, waitMs })),
  )
}

/** What `takeLines` has made of the body of a request; a request without one has none. */
export async function* chunksOf(body: unknown): AsyncGenerator<Buffer> {
  if (body instanceof Body) yield* body
}
