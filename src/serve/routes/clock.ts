/** The clock of the demo: pause, and days a second. Of no other log is there one. */
import type { FastifyInstance } from 'fastify'
import { DemoClock, NoQuestion } from '../contracts.ts'
import { asked } from '../problems.ts'
import { problems } from './routes.ts'

export type ClockPort = { state: DemoClock; tell: (clock: DemoClock) => void }

export function clockRoutes(app: FastifyInstance, clock: ClockPort): void {
  const get = 'In the demo alone: how fast its days pass.'
  app.get(
    '/demo/clock',
    { schema: { summary: get, querystring: NoQuestion, response: { 200: DemoClock, ...problems } } },
    async (request, reply) => {
      asked(NoQuestion, request.query)
      return reply.header('cache-control', 'no-store').send(clock.state)
    },
  )
  const set = 'In the demo alone: pauses it, goes on, or sets the days a second (0: as fast as it goes).'
  app.post(
    '/demo/clock',
    { schema: { summary: set, body: DemoClock, response: { 200: DemoClock, ...problems } } },
    async (request, reply) => {
      clock.state = asked(DemoClock, request.body)
      clock.tell(clock.state)
      return reply.header('cache-control', 'no-store').send(clock.state)
    },
  )
}
