/** What comes in. */
import type { FastifyInstance } from 'fastify'
import type { Follower } from '../../readmodel/follower.ts'
import { whenOf } from '../../readmodel/query/ask.ts'
import { sourcesOf } from '../../readmodel/query/sources.ts'
import { Sources, SourcesQuestion } from '../contracts.ts'
import { reads } from './routes.ts'
import { windowOf } from './window.ts'

export function sourceRoutes(app: FastifyInstance, follower: Follower): void {
  const summary = 'Records by source and region, tick by tick; silences, dead letters by code, drift.'
  reads(
    app,
    follower,
    '/sources',
    { summary, question: SourcesQuestion, answer: Sources },
    (model, { asOf, from, to, source, region }) =>
      sourcesOf(model, whenOf(model, asOf), { ...windowOf(model, { from, to }), source, region }),
  )
}
