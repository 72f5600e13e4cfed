/** Whether a warning can be judged again from the archive. */
import type { FastifyInstance } from 'fastify'
import type { Follower } from '../../readmodel/follower.ts'
import { whenOf } from '../../readmodel/query/ask.ts'
import { warningRow } from '../../readmodel/query/warnings.ts'
import { modelOf } from '../answers.ts'
import { Verification, WarningParams } from '../contracts.ts'
import { asked } from '../problems.ts'
import type { Verifications } from '../verifications.ts'
import { problems } from './routes.ts'

export function verificationRoutes(app: FastifyInstance, follower: Follower, verifications: Verifications): void {
  const url = '/warnings/:id/verifications'
  const idOf = (params: unknown): string => {
    const { id } = asked(WarningParams, params)
    const model = modelOf(follower)
    warningRow(model, id, whenOf(model, undefined)) // one that there is not is told as such
    return id
  }
  const get = 'What came of judging it again; `none` when nobody asked for it.'
  app.get(
    url,
    { schema: { summary: get, params: WarningParams, response: { 200: Verification, ...problems } } },
    async (request, reply) => reply.header('cache-control', 'no-store').send(verifications.of(idOf(request.params))),
  )
  const post = 'Judges it again from the archive, by the code that raised it; GET says what came of it.'
  app.post(
    url,
    { schema: { summary: post, params: WarningParams, response: { 202: Verification, ...problems } } },
    async (request, reply) =>
      reply
        .code(202)
        .header('cache-control', 'no-store')
        .send(verifications.begin(idOf(request.params))),
  )
}
