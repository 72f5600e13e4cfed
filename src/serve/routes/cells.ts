/** Cells of the country, warned or not. */
import type { FastifyInstance } from 'fastify'
import type { Follower } from '../../readmodel/follower.ts'
import { whenOf } from '../../readmodel/query/ask.ts'
import { cellGrid } from '../../readmodel/query/cells.ts'
import { seriesOf } from '../../readmodel/query/series/series.ts'
import { CellGrid, CellParams, CellSeriesQuestion, CellsQuestion, Series, TickParams } from '../contracts.ts'
import { reads } from './routes.ts'
import { windowOf } from './window.ts'

/** In an address, the whole country or all industries. */
const whole = '-'

export function cellRoutes(app: FastifyInstance, follower: Follower): void {
  const grid = 'Every judged cell of a closed tick, or the outermost levels alone, in columns.'
  reads(
    app,
    follower,
    '/ticks/:label/cells',
    { summary: grid, params: TickParams, question: CellsQuestion, answer: CellGrid },
    (model, question, { label }) => cellGrid(model, label, question.grid),
  )
  const series = 'Observed against expected of any cell; `-` is the whole country, or all industries.'
  reads(
    app,
    follower,
    '/cells/:axis/:region/:industry/series',
    { summary: series, params: CellParams, question: CellSeriesQuestion, answer: Series },
    (model, { asOf, from, to, statistic, group }, { axis, region, industry }) => {
      const codeOf = (code: string): string => (code === whole ? '' : code)
      const cell = { statistic, group, axis, region: codeOf(region), industry: codeOf(industry) }
      return seriesOf(model, cell, whenOf(model, asOf), windowOf(model, { from, to }))
    },
  )
}
