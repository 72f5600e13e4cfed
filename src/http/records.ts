/** POST /api/v1/records/<topic>: a body of lines, taken in slices as it comes in, and answered with what became of each bad one. */
import { setFlagsFromString } from 'node:v8'
import type { FastifyInstance } from 'fastify'
import type { ProfileInForce } from '../../streams/profile.ts'
import { recordTopics } from '../../streams/topics.ts'
import { ForewarnError } from '../errors.ts'
import { Turns } from '../fold/turns.ts'
import type { Entry, LineReader } from '../ingest/files/entry.ts'
import { NdjsonReader } from '../ingest/files/ndjsonReader.ts'
import { fileHeader, NumberedReader, numberedType } from '../ingest/files/numberedLines.ts'
import { type Answer, addAnswer, Intake, nothingTaken, type Taken } from '../ingest/intake.ts'
import { type Line, linesOf } from '../ingest/lines.ts'
import { bodyBytesMax, bodyGivesWayMs, heapGrowthPercent, ingestRequestsMax, sliceBytes } from '../limits.ts'
import type { Log } from '../log/port.ts'
import { Body, type BodyBounds } from './body.ts'
import type { Connections } from './connections.ts'
import { BrokenOff } from './errors.ts'
import { chunksOf, takeLines } from './lines.ts'
import { Pieces } from './pieces.ts'

type Taking = { body?: unknown }
export type RecordRoutesOptions = ProfileInForce & { log: Log; body?: Partial<BodyBounds> }

export function recordRoutes(app: FastifyInstance, connections: Connections, options: RecordRoutesOptions): void {
  const intake = new Intake(options.log, options)
  const pieces = new Pieces()
  const turns = new Turns(Date.now)
  // Bodies of one slice have places of their own: large ones, which take long, do not keep them waiting.
  const small = new Set<Taking>()
  const large = new Set<Taking>()
  app.addHook('onRequest', async (request, reply) => {
    const taking = Number(request.headers['content-length']) <= sliceBytes ? small : large
    if (taking.size >= ingestRequestsMax) giveWay(taking)
    taking.add(request)
    reply.raw.once('close', () => taking.delete(request)) // comes once, however the request ends
    const encoding = request.headers['content-encoding'] ?? 'identity'
    if (encoding !== 'identity') throw new ForewarnError('FW_HTTP_TYPE', [encoding])
    await intake.checkNoImport() // before the body is read
    collectEarly()
  })
  takeLines(app, connections, { bytesMax: bodyBytesMax, ...options.body }, ['application/x-ndjson', numberedType])
  for (const topic of recordTopics)
    app.post(`/api/v1/records/${topic}`, async ({ headers, body }): Promise<Answer> => {
      const isNumbered = headers['content-type']?.startsWith(numberedType) === true
      const reader = isNumbered ? new NumberedReader() : new NdjsonReader()
      const file = fileOf(headers[fileHeader])
      const slices = linesOf(pieces.of(chunksOf(body), turns), { leaveOutEmpty: true })
      return take(slices, reader, turns, (entries) => intake.take(topic, entries, file))
    })
}

/**
 * What a line leaves lives just so long that the engine takes it for old, above all when it is refused (a failed JSON.parse leaves a
 * script), and of what is old a hundred megabytes would gather before it is collected. The engine looks at this each time it collects.
 */
function collectEarly(): void {
  setFlagsFromString(`--heap-growing-percent=${heapGrowthPercent}`)
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

/** The sender that has been silent longest loses its place to the next. @throws ForewarnError FW_HTTP_OVERLOADED when none has been for long. */
function giveWay(taking: Iterable<Taking>): void {
  const bodies = [...taking].flatMap(({ body }) => (body instanceof Body ? [body] : []))
  const [stillest] = bodies.sort((a, b) => b.pausedMs - a.pausedMs)
  if (stillest === undefined || stillest.pausedMs < bodyGivesWayMs)
    throw new ForewarnError('FW_HTTP_OVERLOADED', [ingestRequestsMax])
  stillest.cut(new ForewarnError('FW_HTTP_TIMEOUT', [Math.round(stillest.pausedMs / 1_000)]))
}

/** Lines are in the log slice by slice. @throws BrokenOff with what was taken until then. */
async function take(
  slices: AsyncIterable<readonly Line[]>,
  reader: LineReader,
  turns: Turns,
  append: (entries: readonly Entry[]) => Promise<Answer>,
): Promise<Answer> {
  const taken: Taken = { lines: 0, ...nothingTaken() }
  try {
    for await (const lines of slices) {
      const entries: Entry[] = []
      for (const line of lines) reader.take(line, entries)
      addAnswer(taken, await append(entries))
      taken.lines = lines[lines.length - 1].number
      await turns.next() // one body in each round: others and the fold get their turn
    }
  } catch (error) {
    throw new BrokenOff(error, taken)
  }
  const { lines: _, ...answer } = taken
  return answer
}
