/** POST /api/v1/records/<topic>: a body of lines, answered after the commit with what became of each bad one. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import type { Profile } from '../../../streams/profile.ts'
import { type RecordTopic, recordTopics } from '../../../streams/topics.ts'
import { ForewarnError } from '../../errors.ts'
import { bodyBytesMax, ingestRequestsMax } from '../../limits.ts'
import type { Log } from '../../log/port.ts'
import type { Entry, LineReader } from '../ingest/entry.ts'
import { type Answer, Intake, nothingGathered } from '../ingest/intake.ts'
import { linesOf } from '../ingest/lines.ts'
import { NdjsonReader } from '../ingest/ndjsonReader.ts'
import { fileHeader, NumberedReader, numberedType } from '../ingest/numberedLines.ts'
import { takeLines } from './lines.ts'

const linesPerTurn = 2_000 // about 6 ms of work, then other requests and the fold get their turn

export type RecordRoutesOptions = { log: Log; profile: Profile; bodyMax?: number }

export function recordRoutes(
  app: FastifyInstance,
  { log, profile, bodyMax = bodyBytesMax }: RecordRoutesOptions,
): void {
  const intake = new Intake(log, profile)
  takeLines(app, bodyMax, ['application/x-ndjson', 'text/plain', numberedType])
  let taking = 0
  for (const topic of recordTopics) {
    app.post(`/api/v1/records/${topic}`, {
      bodyLimit: bodyMax,
      onRequest: async (request, reply) => {
        if (taking >= ingestRequestsMax) throw new ForewarnError('FW_HTTP_OVERLOADED', [ingestRequestsMax])
        taking++
        reply.raw.once('close', () => taking--) // comes once, however the request ends
        const encoding = request.headers['content-encoding'] ?? 'identity'
        if (encoding !== 'identity') throw new ForewarnError('FW_HTTP_TYPE', [encoding])
        await intake.checkNoImport() // before the body is read
      },
      handler: async ({ headers, body }): Promise<Answer> => {
        const isNumbered = headers['content-type']?.startsWith(numberedType) === true
        const form = {
          reader: isNumbered ? new NumberedReader() : new NdjsonReader(),
          file: fileOf(headers[fileHeader]),
        }
        return take(intake, topic, Buffer.isBuffer(body) ? body : Buffer.alloc(0), form)
      },
    })
  }
}

/** The file from which lines come, where their sender names it. */
function fileOf(header: string | string[] | undefined): string | undefined {
  if (typeof header !== 'string') return undefined
  try {
    return decodeURIComponent(header)
  } catch {
    throw new ForewarnError('FW_HTTP_REQUEST', [`the header ${fileHeader} is not percent-encoded`])
  }
}

type BodyForm = { reader: LineReader; file: string | undefined }

async function take(intake: Intake, topic: RecordTopic, body: Buffer, { reader, file }: BodyForm): Promise<Answer> {
  const gathered = nothingGathered()
  for await (const lines of linesOf(only(body))) {
    for (let from = 0; from < lines.length; from += linesPerTurn) {
      const entries: Entry[] = []
      for (const line of lines.slice(from, from + linesPerTurn)) reader.take(line, entries)
      intake.gather(topic, entries, gathered, file)
      await nextTurn()
    }
  }
  await intake.checkNoImport() // one may have begun meanwhile
  await intake.append(topic, gathered)
  return gathered.answer
}

async function* only(body: Buffer): AsyncGenerator<Buffer> {
  yield body
}
