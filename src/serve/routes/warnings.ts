/** Today, and warnings: what is public. */
import type { FastifyInstance } from 'fastify'
import type { z } from 'zod'
import type { Follower } from '../../readmodel/follower.ts'
import { type Model, whenOf } from '../../readmodel/query/ask.ts'
import { breakdownOf } from '../../readmodel/query/breakdown.ts'
import { detailOf } from '../../readmodel/query/detail.ts'
import { lineageOf } from '../../readmodel/query/lineage.ts'
import { overviewOf } from '../../readmodel/query/overview.ts'
import { seriesOf } from '../../readmodel/query/series/series.ts'
import { similarTo } from '../../readmodel/query/similar.ts'
import { listWarnings, oneWarning } from '../../readmodel/query/warnings.ts'
import * as contract from '../contracts.ts'
import { reads } from './routes.ts'
import { windowOf } from './window.ts'

export function warningRoutes(app: FastifyInstance, follower: Follower): void {
  const { OverviewQuestion, Overview, WarningsQuestion, WarningList, WarningParams: params, SeriesQuestion } = contract
  const today =
    'Today, or as it was known at the end of a tick: counts by level, tiles, matrix, strip, and the first rows.'
  reads(app, follower, '/overview', { summary: today, question: OverviewQuestion, answer: Overview }, overviewOf)
  const list = 'Warnings by any filter, a page at a time.'
  reads(app, follower, '/warnings', { summary: list, question: WarningsQuestion, answer: WarningList }, listWarnings)
  const one = 'One warning: evidence, history, and what stands above, below and beside it.'
  about('', one, contract.WarningDetail, detailOf)
  about('/breakdown', 'What the count is made of, beside what is usual.', contract.Breakdown, breakdownOf)
  about('/similar', 'Earlier warnings that looked alike.', contract.SimilarWarnings, similarTo)
  about('/lineage', 'Where its numbers come from.', contract.Lineage, lineageOf)
  const series =
    'Observed against expected of what it is about: all events of its cell, those of a group, or the level of risk; the last 90 ticks unless said otherwise.'
  reads(
    app,
    follower,
    '/warnings/:id/series',
    { summary: series, params, question: SeriesQuestion, answer: contract.Series },
    (model, { asOf, from, to }, { id }) => {
      const when = whenOf(model, asOf)
      const { statistic, group, axis, region, industry } = oneWarning(model, id, when)
      const stream = { statistic, group: group ?? undefined, axis, region, industry }
      return seriesOf(model, stream, when, windowOf(model, { from, to }))
    },
  )

  function about<Answer>(
    url: string,
    summary: string,
    answer: z.ZodType<Answer>,
    read: (model: Model, id: string, asOf: string | undefined) => Answer,
  ): void {
    const shape = { summary, params, question: contract.AsOf, answer }
    reads(app, follower, `/warnings/:id${url}`, shape, (model, { asOf }, { id }) => read(model, id, asOf))
  }
}
