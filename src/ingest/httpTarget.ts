/** Live records to the process that holds the log, by its HTTP server. */
import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import { detailsIn, type ErrorCode, errorCodes, ForewarnError, messageOf } from '../errors.ts'
import { lineBytesMax, secondMs } from '../limits.ts'
import type { Entry } from './files/entry.ts'
import { fileHeader, numberedLine, numberedType } from './files/numberedLines.ts'
import { type Answer, refuse } from './intake.ts'
import type { LiveTarget } from './live.ts'
import { UnknownCodes } from './unknownCodes.ts'

const code = z.enum(errorCodes)
const AnswerBody = z.object({
  accepted: z.int(),
  refused: z.array(z.object({ line: z.int(), code, detail: z.string() })),
  counts: z.partialRecord(code, z.int()),
  unknown: UnknownCodes.optional(),
})
const ErrorBody = z.object({ code, message: z.string() })

const attemptsMax = 30 // a server that is busy asks to come again in a second
const requestMsMax = 120 * secondMs

/** The process that holds a log. `address`: `http://127.0.0.1:9464`; `log`: for messages; `token`: what it asks for before anything is changed. */
export type Holder = { address: string; log: string; token?: string | undefined }

/** @throws ForewarnError with the code that the server answers, FW_LOG_HELD when it does not answer. */
export function httpTarget(holder: Holder): LiveTarget {
  return {
    send: async (topic, entries, file) => {
      const headers = { 'content-type': numberedType, [fileHeader]: encodeURIComponent(file.toWellFormed()) }
      const lines = entries.map(lineOf)
      const body = Buffer.concat(lines.filter((line) => line !== undefined))
      const told = AnswerBody.parse(
        await askHolder(holder, `/api/v1/records/${topic}`, { method: 'POST', body, headers }),
      )
      const answer: Answer = { ...told, refused: told.refused.map((line) => ({ ...line, file })) }
      for (const [at, { line }] of entries.entries())
        if (lines[at] === undefined) refuse(answer, { ...tooLarge, line, file })
      return answer
    },
  }
}

const tooLarge = { code: 'FW_RECORD_TOO_LARGE', detail: String(lineBytesMax) } as const

/** Undefined for one that the server would not look at: it would not know its number in the file. */
function lineOf(entry: Entry): Buffer | undefined {
  if (entry.fault?.refused === 'FW_RECORD_TOO_LARGE') return undefined
  const line = numberedLine(entry)
  return line.length > lineBytesMax ? undefined : line
}

/** Posts lines; the rest as `askHolder`. */
export async function postLines(holder: Holder, route: string, body: Buffer<ArrayBuffer>): Promise<unknown> {
  return askHolder(holder, route, { method: 'POST', body, headers: { 'content-type': 'application/x-ndjson' } })
}

/**
 * What the process that holds a log answers, asked again while it is busy. @throws ForewarnError with the code that it answers,
 * FW_LOG_HELD when it does not answer.
 */
export async function askHolder(
  { address, log, token }: Holder,
  route: string,
  { headers: own, ...request }: RequestInit & { headers?: Record<string, string> } = {},
): Promise<unknown> {
  const url = new URL(route, address)
  const headers = { ...own, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) }
  for (let attempt = 1; ; attempt++) {
    const { ok, answer } = await answerOf(url, { ...request, headers }).catch((error: unknown) => {
      const why = `that serves ${url.origin} and does not answer (${messageOf(error)})`
      throw new ForewarnError('FW_LOG_HELD', [log, why], { cause: error })
    })
    if (ok) return answer
    const problem = problemOf(answer)
    if (!passing.includes(problem.code) || attempt === attemptsMax) throw problem
    await delay(secondMs)
  }
}

/** The connection may break in the middle of an answer, too. */
async function answerOf(url: URL, request: RequestInit): Promise<{ ok: boolean; answer: unknown }> {
  const response = await fetch(url, { ...request, signal: AbortSignal.timeout(requestMsMax) })
  return { ok: response.ok, answer: await response.json() }
}

const passing: readonly ErrorCode[] = ['FW_HTTP_OVERLOADED', 'FW_TASK_BUSY']

function problemOf(answer: unknown): ForewarnError {
  const parsed = ErrorBody.safeParse(answer)
  if (!parsed.success) return new ForewarnError('FW_INTERNAL', ['the server gave an answer of another form'])
  const { code: known, message } = parsed.data
  return new ForewarnError(known, detailsIn(known, message) ?? [message])
}
