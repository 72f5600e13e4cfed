/** Live changes. */
import type { FastifyInstance } from 'fastify'
import { StreamQuestion, streamTopics } from '../contracts.ts'
import { asked } from '../problems.ts'
import type { Stream } from '../stream.ts'
import { problems } from './routes.ts'

export function streamRoute(app: FastifyInstance, stream: Stream): void {
  const summary =
    'Server-sent events: `status`, `tick`, `warning`, `source`; `reset` says: ask again. `Last-Event-ID` goes on behind an event.'
  app.get(
    '/stream',
    { schema: { summary, querystring: StreamQuestion, response: { ...problems } } },
    (request, reply) => {
      const { topics } = asked(StreamQuestion, request.query)
      const lastId = request.headers['last-event-id']
      reply.hijack()
      stream.open(reply.raw, new Set<string>(topics ?? streamTopics), typeof lastId === 'string' ? lastId : undefined)
    },
  )
}
