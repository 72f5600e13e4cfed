/** Who asks, whether the screen may be trusted, and the words of the profile. */
import type { FastifyInstance } from 'fastify'
import { LanguageParams, Me, NoQuestion, Status, Words } from '../contracts.ts'
import { asked } from '../problems.ts'
import type { Watch } from '../watch.ts'
import { wordsIn } from '../words.ts'
import { problems, reads } from './routes.ts'

export function statusRoutes(app: FastifyInstance, watch: Watch, { clock }: { clock: boolean }): void {
  const me: Me = {
    person: 'local',
    mode: 'open',
    roles: ['viewer', 'officer', 'supervisor', 'scientist', 'steward', 'auditor'],
    scope: { regions: [''], industries: [''], department: null },
    can: { act: false, enterprises: true, clock },
  }
  app.get(
    '/me',
    {
      schema: {
        summary: 'Who asks, and what may be done.',
        querystring: NoQuestion,
        response: { 200: Me, ...problems },
      },
    },
    async (request) => {
      asked(NoQuestion, request.query)
      return me
    },
  )
  app.get(
    '/status',
    {
      schema: {
        summary: 'How far the data are, and what is silent, behind or open. It is answered before there is a log, too.',
        querystring: NoQuestion,
        response: { 200: Status, ...problems },
      },
    },
    async (request, reply) => {
      asked(NoQuestion, request.query)
      return reply.header('cache-control', 'no-store').send(watch.status())
    },
  )
  reads(
    app,
    watch.follower,
    '/words/:language',
    {
      summary: 'Names and sentences of the profile in one language.',
      params: LanguageParams,
      question: NoQuestion,
      answer: Words,
    },
    (model, _, { language }) => wordsIn(model.editions.profile, language),
  )
}
