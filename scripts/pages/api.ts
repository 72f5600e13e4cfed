/** The routes of the people's port, out of its OpenAPI document. */
import { z } from 'zod'
import { openApi } from '../../src/serve/openApi.ts'
import { code, plain, table } from './markdown.ts'

const Parameter = z.object({
  name: z.string(),
  in: z.string(),
  required: z.boolean().optional(),
  schema: z.record(z.string(), z.unknown()),
})
const Content = z.object({ schema: z.object({ $ref: z.string().optional() }) })
const Operation = z.object({
  summary: z.string(),
  parameters: z.array(Parameter).default([]),
  responses: z.record(z.string(), z.object({ content: z.record(z.string(), Content).optional() })),
})
const Document = z.object({ paths: z.record(z.string(), z.record(z.string(), Operation)) })

/** A row a route: what it gives, what may be asked, and the name of the answer's schema. */
export async function apiTable(): Promise<string> {
  const { paths } = Document.parse(await openApi())
  const rows = Object.entries(paths).flatMap(([url, operations]) =>
    Object.entries(operations).map(([method, { summary, parameters, responses }]) => [
      code(`${method.toUpperCase()} ${url}`),
      plain(summary),
      parameters
        .filter((one) => one.in === 'query')
        .map(({ name }) => code(name))
        .join(', '),
      answerOf(responses),
    ]),
  )
  return table(['route', 'gives', 'may be asked', 'answer'], rows)
}

function answerOf(responses: z.infer<typeof Operation>['responses']): string {
  const ref = Object.entries(responses)
    .filter(([status]) => status.startsWith('2'))
    .flatMap(([, { content = {} }]) => Object.values(content).map(({ schema }) => schema.$ref))[0]
  return ref === undefined ? '' : code(ref.split('/').at(-1) ?? '')
}
