/**
 * Entries of a file on their way to the process that holds the log, one a line: the number of their line in the file, and the record as
 * it stands (`12 {"id":...}`); or, for a row that could not be read, its bytes and why (`13!{"value":"...","unreadable":"..."}`).
 */
import { z } from 'zod'
import { unsaid } from '../../../streams/mapRows.ts'
import { parseObject } from '../../records.ts'
import type { Line } from '../lines.ts'
import { type Entry, type LineReader, tooLong } from './entry.ts'

export const numberedType = 'application/vnd.forewarn.numbered-lines'
/** Names the file, percent-encoded. */
export const fileHeader = 'forewarn-file'

const space = 0x20
const exclamation = 0x21
const Unreadable = z.object({ value: z.base64(), unreadable: z.string() })

export function numberedLine({ line, value, fault }: Pick<Entry, 'line' | 'value' | 'fault'>): Buffer {
  if (fault === undefined) return Buffer.concat([Buffer.from(`${line} `), value, Buffer.from('\n')])
  const told = JSON.stringify({ value: value.toString('base64'), unreadable: fault.detail })
  return Buffer.from(`${line}!${told}\n`)
}

/** What has no number is an entry under the number that it has here, and no record. */
export class NumberedReader implements LineReader {
  take({ number, bytes, fault }: Line, into: Entry[]): void {
    if (fault !== undefined) return void into.push(tooLong(number))
    let at = 0
    let line = 0
    for (; bytes[at] >= 0x30 && bytes[at] <= 0x39 && at < 15; at++) line = line * 10 + bytes[at] - 0x30
    const rest = bytes.subarray(at + 1)
    const isPlain = at > 0 && bytes[at] === space
    const found = at > 0 && bytes[at] === exclamation ? unreadable(line, rest) : undefined
    into.push(isPlain ? plain(line, rest) : (found ?? plain(number, bytes)))
  }

  end(): void {}
}

const plain = (line: number, value: Buffer): Entry => ({ line, position: 0, value, ...unsaid, fault: undefined })

function unreadable(line: number, bytes: Buffer): Entry | undefined {
  const parsed = parseObject(bytes, Number.POSITIVE_INFINITY)
  const { data } = Unreadable.safeParse('refused' in parsed ? undefined : parsed.json)
  if (data === undefined) return undefined
  const fault = { refused: 'FW_RECORD_UNREADABLE', detail: data.unreadable } as const
  return { ...plain(line, Buffer.from(data.value, 'base64')), fault }
}
