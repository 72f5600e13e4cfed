/** Enterprises: restricted, and kept in no cache on the way. */
import type { FastifyInstance } from 'fastify'
import type { Follower } from '../../readmodel/follower.ts'
import { enterprisesBehind } from '../../readmodel/query/enterprises/behind.ts'
import { listContradictions } from '../../readmodel/query/enterprises/contradictions.ts'
import { enterpriseDetail } from '../../readmodel/query/enterprises/detail.ts'
import { searchEnterprises } from '../../readmodel/query/enterprises/search.ts'
import * as contract from '../contracts.ts'
import type { Explain } from '../machine.ts'
import { asked } from '../problems.ts'
import { problems, reads } from './routes.ts'

export function enterpriseRoutes(app: FastifyInstance, follower: Follower, explain: Explain): void {
  const { EnterpriseParams, EnterprisesQuestion, PurposeQuestion, WarningParams } = contract
  const restricted = true
  reads(
    app,
    follower,
    '/warnings/:id/enterprises',
    {
      summary: 'Who is behind the count, in the tick of its last change.',
      params: WarningParams,
      question: PurposeQuestion,
      answer: contract.WarningEnterprises,
      restricted,
    },
    (model, { asOf }, { id }) => enterprisesBehind(model, id, asOf),
  )
  reads(
    app,
    follower,
    '/enterprises',
    {
      summary: 'Enterprises by the beginning of an id, or a part of a name.',
      question: EnterprisesQuestion,
      answer: contract.EnterpriseList,
      restricted,
    },
    searchEnterprises,
  )
  reads(
    app,
    follower,
    '/enterprises/:id',
    {
      summary: 'One enterprise: grades, scores, facts that counted, and warnings that it is behind.',
      params: EnterpriseParams,
      question: PurposeQuestion,
      answer: contract.EnterpriseDetail,
      restricted,
    },
    (model, { asOf }, { id }) => enterpriseDetail(model, id, asOf),
  )
  reads(
    app,
    follower,
    '/contradictions',
    {
      summary: 'Enterprises whose scores have contradicted their grade for a week, now or at the end of a tick.',
      question: contract.ContradictionsQuestion,
      answer: contract.ContradictionList,
      restricted,
    },
    listContradictions,
  )
  app.get(
    '/enterprises/:id/explanation',
    {
      schema: {
        summary: 'What the running task knows of it now, and what its model makes of it.',
        params: EnterpriseParams,
        response: { 200: contract.ExplanationAnswer, ...problems },
      },
    },
    async (request, reply) => {
      const { id } = asked(EnterpriseParams, request.params)
      return reply.header('cache-control', 'no-store').send(await explain(id))
    },
  )
}
