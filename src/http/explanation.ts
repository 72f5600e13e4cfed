/**
 * GET /api/v1/enterprises/<id>/explanation: what the running task knows of an enterprise now, its score, and the reasons. It names an
 * enterprise, so nobody on the way may keep it.
 */
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { enterpriseId } from '../../streams/contracts.ts'
import type { Explanation } from '../enterprise/score/explanation.ts'
import { ForewarnError } from '../errors.ts'

const Question = z.object({ params: z.object({ id: z.string() }), query: z.record(z.string(), z.unknown()) })

export function explanationRoute(app: FastifyInstance, explain: (id: string) => Promise<Explanation>): void {
  app.get('/api/v1/enterprises/:id/explanation', async (request, reply): Promise<Explanation> => {
    const { params, query } = Question.parse({ params: request.params, query: request.query })
    if (query.at !== undefined) throw new ForewarnError('FW_HTTP_PAST')
    const id = enterpriseId.safeParse(params.id)
    if (!id.success) throw new ForewarnError('FW_ENTERPRISE_UNKNOWN', [`${params.id}: no id has that form`])
    reply.header('cache-control', 'no-store')
    return explain(id.data)
  })
}
