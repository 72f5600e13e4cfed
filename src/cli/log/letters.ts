/** Dead letters as commands choose them: by code and by time. */
import { Option } from 'commander'
import { readInstantMs } from '../../../streams/readText.ts'
import { type ErrorCode, errorCodes, ForewarnError, knownCode } from '../../errors.ts'
import type { Letter } from '../../ingest/redrive.ts'
import type { Log } from '../../log/port.ts'
import { inOrder } from './topicReader.ts'

export type LetterChoice = { code?: ErrorCode; since?: string }

export const codeOption = (): Option => new Option('--code <code>', 'only of this error code').choices(errorCodes)
export const sinceOption = (): Option =>
  new Option('--since <time>', 'only those known from this time on: a date (UTC), or a time with its zone')

/** In order of log time, over all partitions. @throws ForewarnError FW_USAGE when `since` is no time. */
export async function* lettersOf(log: Log, { code, since }: LetterChoice): AsyncGenerator<Letter> {
  const sinceMs = since === undefined ? Number.NEGATIVE_INFINITY : instantOf(since)
  const from: number[] = new Array(log.partitions('dead-letters')).fill(0)
  for await (const { partition, record } of inOrder(log, 'dead-letters', from)) {
    const found = knownCode(record.headers?.['error-code'])
    if (record.timeMs >= sinceMs && (code === undefined || code === found)) yield { partition, record, code: found }
  }
}

/** The same on every machine: a time without a zone is refused, since nothing here says whose clock it is of. */
function instantOf(text: string): number {
  const ms = readInstantMs(text, 0)
  if (ms !== undefined && (!text.includes(':') || ms === readInstantMs(text, 60))) return ms
  const says = ms === undefined ? `not ${text}` : `and ${text} has no zone`
  throw new ForewarnError('FW_USAGE', [
    `--since must be a date such as 2026-08-01, or a time with its zone such as 2026-08-01T09:00:00+08:00; ${says}.`,
  ])
}
