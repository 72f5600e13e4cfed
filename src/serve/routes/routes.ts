/** How a route that reads the model is declared: its contracts check what is asked and what is sent, and are its documentation. */
import type { FastifyInstance } from 'fastify'
import type { z } from 'zod'
import { answerKeptMax, answersKept } from '../../limits.ts'
import type { Follower } from '../../readmodel/follower.ts'
import { perVersion } from '../../readmodel/perVersion.ts'
import type { Model } from '../../readmodel/query/ask.ts'
import { isUnchanged, modelOf, restricted } from '../answers.ts'
import { NoParams, Problem } from '../contracts.ts'
import { asked } from '../problems.ts'

/** Of each answer that is none. */
export const problems = { '4xx': Problem, '5xx': Problem } as const

export type Shape<Question, Answer, Params = object> = {
  summary: string
  question: z.ZodType<Question>
  answer: z.ZodType<Answer>
  params?: z.ZodType<Params>
  /** Names enterprises. */
  restricted?: boolean
}

/** Of what is public: what names enterprises is kept nowhere. */
const kept = perVersion<string>(answersKept, ({ length }) => length <= answerKeptMax)

/** Registers a GET of the read model. `read` is given what was asked, by its contracts. */
export function reads<Question, Answer, Params = object>(
  app: FastifyInstance,
  follower: Follower,
  url: string,
  shape: Shape<Question, Answer, Params>,
  read: (model: Model, question: Question, params: Params) => Answer,
): void
export function reads(
  app: FastifyInstance,
  follower: Follower,
  url: string,
  { summary, question, answer, params = NoParams, restricted: isRestricted = false }: Shape<unknown, unknown, unknown>,
  read: (model: Model, question: unknown, params: unknown) => unknown,
): void {
  app.get(
    url,
    { schema: { summary, params, querystring: question, response: { 200: answer, ...problems } } },
    async (request, reply) => {
      const [query, of] = [asked(question, request.query), asked(params, request.params)]
      const model = modelOf(follower)
      if (isRestricted) {
        restricted(reply)
        return reply.send(read(model, query, of))
      }
      if (isUnchanged(request, reply, model)) return reply.code(304).send()
      const text = kept(model.store, request.url, () => String(reply.serialize(read(model, query, of))))
      return reply.type('application/json; charset=utf-8').send(text)
    },
  )
}
