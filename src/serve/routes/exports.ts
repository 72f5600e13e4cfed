/** What a filter shows, as files. Of enterprises there is none here. */
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { z } from 'zod'
import { exportRowsMax, pageRowsMax } from '../../limits.ts'
import type { Follower } from '../../readmodel/follower.ts'
import { type Model, whenOf } from '../../readmodel/query/ask.ts'
import { cellGrid } from '../../readmodel/query/cells.ts'
import { seriesOf } from '../../readmodel/query/series/series.ts'
import { listWarnings } from '../../readmodel/query/warnings.ts'
import { modelOf } from '../answers.ts'
import { CellsExport, SeriesExport, WarningsExport } from '../contracts.ts'
import { asked } from '../problems.ts'
import { csvOf, type Table, type Value, xlsxOf } from '../table.ts'
import { problems } from './routes.ts'
import { windowOf } from './window.ts'

const types = {
  csv: 'text/csv; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
} as const
type Format = keyof typeof types

export function exportRoutes(app: FastifyInstance, follower: Follower, now: () => number): void {
  const add = <Question>(
    name: string,
    summary: string,
    question: z.ZodType<Question>,
    read: (model: Model, question: Question) => Omit<Table, 'about'>,
  ): void => {
    for (const format of ['csv', 'xlsx'] as const)
      app.get(
        `/exports/${name}.${format}`,
        { schema: { summary, querystring: question, response: { ...problems } } },
        async (request, reply) => {
          const of = asked(question, request.query)
          const about = `forewarn, local, ${new Date(now()).toISOString()}, ${name} ${JSON.stringify(of)}`
          return send(reply, name, format, { about, ...read(modelOf(follower), of) })
        },
      )
  }
  add(
    'warnings',
    `Warnings that a filter shows, at most ${exportRowsMax.toLocaleString('en')}, as a file.`,
    WarningsExport,
    warningTable,
  )
  add('cells', 'Judged cells of a closed tick, as a file.', CellsExport, cellTable)
  add('series', 'Observed against expected of a cell, as a file.', SeriesExport, seriesTable)
}

async function send(reply: FastifyReply, name: string, format: Format, table: Table): Promise<FastifyReply> {
  reply.header('content-disposition', `attachment; filename="${name}.${format}"`).header('cache-control', 'no-store')
  return reply
    .type(types[format])
    .serializer((body: string) => body)
    .send(format === 'csv' ? csvOf(table) : await xlsxOf(table))
}

function warningTable(model: Model, question: WarningsExport): Omit<Table, 'about'> {
  const { languages } = model.editions.profile.file
  const rows: Value[][] = []
  let cursor: string | null | undefined
  while (cursor !== null && rows.length < exportRowsMax) {
    const page = listWarnings(model, {
      ...question,
      sort: 'tick',
      limit: pageRowsMax,
      ...(cursor === undefined ? {} : { cursor }),
    })
    for (const row of page.rows) {
      const { id, statistic, axis, region, industry, level, raised, tick, observed, expected, ratio, enterprises } = row
      const said = languages.map((language) => row.sentences[language] ?? '')
      rows.push([
        id,
        statistic,
        axis,
        region,
        industry,
        level,
        raised,
        tick,
        observed,
        expected,
        ratio,
        enterprises,
        row.amended,
        ...said,
      ])
    }
    cursor = page.next
  }
  const names = [
    'id',
    'statistic',
    'axis',
    'region',
    'industry',
    'level',
    'raised',
    'tick',
    'observed',
    'expected',
    'ratio',
    'enterprises',
    'amended',
  ]
  return { columns: [...names, ...languages.map((language) => `sentence_${language}`)], rows }
}

function cellTable(model: Model, { tick, grid }: CellsExport): Omit<Table, 'about'> {
  const { regions, industries, levels, observed, expected, variance } = cellGrid(model, tick, grid)
  const rows = regions.flatMap((region, r) =>
    industries.map((industry, i): Value[] => {
      const at = r * industries.length + i
      return [tick, region, industry, levels[at], observed[at], expected[at], variance[at]]
    }),
  )
  return { columns: ['tick', 'region', 'industry', 'level', 'observed', 'expected', 'variance'], rows }
}

function seriesTable(model: Model, { asOf, from, to, ...stream }: SeriesExport): Omit<Table, 'about'> {
  const { region, industry } = stream
  const { points } = seriesOf(
    model,
    { ...stream, group: stream.group },
    whenOf(model, asOf),
    windowOf(model, { from, to }),
  )
  const rows = points.map((point): Value[] => [
    point.tick,
    region,
    industry,
    point.observed,
    point.expected,
    point.low,
    point.high,
    point.red,
    point.level,
  ])
  return { columns: ['tick', 'region', 'industry', 'observed', 'expected', 'low', 'high', 'red', 'level'], rows }
}
