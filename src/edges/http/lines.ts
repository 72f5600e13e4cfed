import type { FastifyInstance } from 'fastify'

/** Bodies of this scope are lines of text, as they stand. */
export function takeLines(app: FastifyInstance, bodyMax: number, types: string[]): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(
    types,
    { parseAs: 'buffer', bodyLimit: bodyMax },
    async (_request: unknown, body: unknown) => body,
  )
}
