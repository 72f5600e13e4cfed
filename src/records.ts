/** Records as every task reads and refuses them: JSON in, one fate for each, and dead letters for what cannot be used. */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { IdHasher } from '../streams/hash.ts'
import { type Fate, type FateColumns, fates } from '../streams/outputs.ts'
import type { TopicName } from '../streams/topics.ts'
import { type ErrorCode, mistakesIn } from './errors.ts'
import type { Emit } from './fold/task.ts'
import { jsonBytes } from './json.ts'
import { letterBeginningBytes, letterBytesMax, letterKeyMax, recordParseBytesMax, rowsKept } from './limits.ts'
import type { LogRecord } from './log/port.ts'
import { isPart, slicesOf } from './slices.ts'

const fateRowsMax = 10_000 // of 12 bytes, up to 42 where each is a block of its own, and up to 80 where each has a code: 800 KB

export type Refusal = { refused: ErrorCode; detail: string }

export function isRefusal(decoded: object): decoded is Refusal {
  return 'refused' in decoded
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** Bytes -> JSON object, or why not. */
export function parseObject(value: Uint8Array, bytesMax = recordParseBytesMax): { json: object } | Refusal {
  if (value.length > bytesMax) return { refused: 'FW_RECORD_TOO_LARGE', detail: String(bytesMax) }
  if (!looksLikeObject(value)) return { refused: 'FW_RECORD_NOT_JSON', detail: '' }
  try {
    const json: unknown = JSON.parse(utf8.decode(value))
    if (typeof json === 'object' && json !== null && !Array.isArray(json)) return { json }
  } catch {
    // falls through: not JSON, or not UTF-8
  }
  return { refused: 'FW_RECORD_NOT_JSON', detail: '' }
}

/** Why a line of a file could not be read as a record; who reads files says it, in a header beside the bytes of the line. */
export const unreadableHeader = 'unreadable'

/** The JSON object in a record, or why there is none. */
export function objectIn({ value, headers }: LogRecord): { json: object } | Refusal {
  const parsed = parseObject(value)
  const why = headers?.[unreadableHeader]
  const isUnread = 'refused' in parsed && parsed.refused === 'FW_RECORD_NOT_JSON' && why !== undefined
  return isUnread ? { refused: 'FW_RECORD_UNREADABLE', detail: why } : parsed
}

const byteOrderMark = [0xef, 0xbb, 0xbf]
const spaces = new Set([0x20, 0x09, 0x0a, 0x0d])
const [brace, endBrace, quote] = Buffer.from('{}"')

/** A look spares most failing parses: one costs thirty good ones, and leaves the engine a script that is freed late. */
function looksLikeObject(value: Uint8Array): boolean {
  let at = byteOrderMark.every((byte, place) => value[place] === byte) ? byteOrderMark.length : 0
  while (spaces.has(value[at])) at++
  if (value[at++] !== brace) return false
  while (spaces.has(value[at])) at++
  let last = value.length - 1
  while (spaces.has(value[last])) last--
  return value[last] === endBrace && (value[at] === quote || at === last)
}

/**
 * What was parsed, if it keeps a contract, or why not. Fields that the contract does not name are still there. The first issue is
 * asked of zod's core: an error object costs twenty times as much, and each leaves the engine a hidden class that is freed late.
 */
export function checked<C extends z.ZodType>(parsed: { json: object } | Refusal, contract: C): z.input<C> | Refusal {
  if ('refused' in parsed) return parsed
  const { json } = parsed
  if (contract.validate(json)) return json
  const result = contract._zod.run({ value: json, issues: [] }, { async: false })
  if (result instanceof Promise) throw new z.core.$ZodAsyncError()
  return issueOf(z.core.util.finalizeIssue(result.issues[0], { async: false }, z.core.config()))
}

/** The first issue of a failed parse. */
export function invalid({ issues: [issue] }: z.ZodError): Refusal {
  return issueOf(issue)
}

/** As `path: what is wrong`. */
function issueOf(issue: z.core.$ZodIssue): Refusal {
  return { refused: 'FW_RECORD_INVALID', detail: mistakesIn([issue], 'record')[0] }
}

const kindOf = new Map(fates.map((fate, at) => [fate, at + 1]))

type Block = { topic: TopicName; beat: number; count: number }

/** Fates of the beats of an epoch, a row for every record, in the order of the beats, of the inputs and of the log. */
export class FateSheet {
  readonly #task: string
  readonly #beatMs: number
  readonly #partition: number
  readonly #blocks: Block[] = []
  #hashes = new Uint32Array(64)
  #kinds = new Uint8Array(32)
  /** By page, then by row in it. */
  #codes: Record<string, string>[] = []
  readonly #hasher = new IdHasher()
  #rows = 0
  #open = 0
  /** Of the beat that is folded: its first row, and how many of its records have each code. */
  #firstOfBeat = 0
  #codeCounts: Record<string, number> = {}

  /** `partition`: the task's, of the topic `fates`. */
  constructor({ task, beatMs, partition }: { task: string; beatMs: number; partition: number }) {
    this.#task = task
    this.#beatMs = beatMs
    this.#partition = partition
  }

  set(row: number, fate: Fate, code?: ErrorCode): void {
    this.#kinds[row] = kindOf.get(fate) ?? 0
    this.#open--
    if (code === undefined) return
    const page = Math.floor(row / fateRowsMax)
    this.#codes[page] ??= {}
    this.#codes[page][row - page * fateRowsMax] = code
    this.#codeCounts[code] = (this.#codeCounts[code] ?? 0) + 1
  }

  /** Begins the block of one input's records in a beat, in slices; their fates are set by position. */
  *block(topic: TopicName, beat: number, records: readonly LogRecord[]): Generator<void, number> {
    const first = this.#rows
    if (records.length === 0) return first
    this.#rows += records.length
    this.#open += records.length
    this.#reserve()
    for (const slice of slicesOf(records)) {
      for (let at = slice.from; at < slice.to; at++) {
        this.#hasher.ofBytes(records[at].value)
        this.#hashes[(first + at) * 2] = this.#hasher.high
        this.#hashes[(first + at) * 2 + 1] = this.#hasher.low
      }
      if (isPart(slice, records)) yield
    }
    this.#blocks.push({ topic, beat, count: records.length })
    return first
  }

  /** Ends the beat, and says whether a page is full and should be written. @throws Error when a record has no fate: that must not be. */
  endBeat(beat: number): boolean {
    if (this.#open !== 0) throw new Error(`${this.#open} records without a fate in beat ${beat}`)
    this.#firstOfBeat = this.#rows
    this.#codeCounts = {}
    return this.#rows >= fateRowsMax
  }

  /** Writes what is left, page after page. */
  *write(emit: Emit): Iterable<void> {
    for (let from = 0; from < this.#rows; from += fateRowsMax) {
      const page = this.#page(from)
      const timeMs = page.beats[page.beats.length - 1] * this.#beatMs
      const record = { key: this.#task, value: jsonBytes(page), timeMs }
      emit({ topic: 'fates', partition: this.#partition, record })
      yield
    }
    this.#blocks.length = 0
    if (this.#rows < rowsKept && this.#kinds.length > 2 * rowsKept) this.#allocate(rowsKept)
    this.#rows = 0
    this.#firstOfBeat = 0
    this.#codes = []
  }

  /** Of the beat that is folded. */
  countByFate(): Partial<Record<Fate, number>> {
    const found: Partial<Record<Fate, number>> = {}
    for (let row = this.#firstOfBeat; row < this.#rows; row++) {
      const fate = fates[this.#kinds[row] - 1]
      found[fate] = (found[fate] ?? 0) + 1
    }
    return found
  }

  /** Of the beat that is folded. */
  countByCode(): Record<string, number> {
    return this.#codeCounts
  }

  #page(from: number): FateColumns {
    const to = Math.min(this.#rows, from + fateRowsMax)
    const topics: string[] = []
    const beats: number[] = []
    const counts: number[] = []
    let first = 0
    for (const { topic, beat, count } of this.#blocks) {
      const rows = Math.min(to, first + count) - Math.max(from, first)
      first += count
      if (rows <= 0) continue
      topics.push(topic)
      beats.push(beat)
      counts.push(rows)
    }
    return {
      task: this.#task,
      beatMs: this.#beatMs,
      ...{ topics, beats, counts },
      hashes: Buffer.from(this.#hashes.buffer, from * 8, (to - from) * 8).toString('base64'),
      fates: Buffer.from(this.#kinds.subarray(from, to).map((kind) => kind - 1)).toString('base64'),
      codes: this.#codes[from / fateRowsMax] ?? {},
    }
  }

  #reserve(): void {
    if (this.#rows > this.#kinds.length) this.#allocate(this.#rows * 2)
  }

  #allocate(rows: number): void {
    const hashes = this.#hashes
    const kinds = this.#kinds
    this.#hashes = new Uint32Array(rows * 2)
    this.#kinds = new Uint8Array(rows)
    this.#hashes.set(hashes.subarray(0, rows * 2))
    this.#kinds.set(kinds.subarray(0, rows))
  }
}

/** Headers that a dead letter has beside those of its record. The last two say that it holds the beginning of its record alone. */
export const letterHeaders = [
  'error-code',
  'error-detail',
  'topic',
  'partition',
  'offset',
  'known-at',
  'original-bytes',
  'original-sha256',
] as const
type LetterHeader = (typeof letterHeaders)[number]

/** Where a dead letter comes from, the partition of dead letters it goes to, and why. */
export type LetterFrom = { topic: TopicName; partition: number; to: number; code: ErrorCode; detail: string }

/** The original bytes under the original key; headers say why, and where the record came from. A huge record is told by its beginning and its hash. */
export function deadLetter(record: LogRecord, { topic, partition, to, code, detail }: LetterFrom, emit: Emit): void {
  const { key, value, headers } = fitting(record)
  const all = {
    ...headers,
    'error-code': code,
    'error-detail': detail.slice(0, 512),
    topic,
    partition: String(partition),
    offset: String(record.offset),
    'known-at': new Date(record.timeMs).toISOString(),
  } satisfies Partial<Record<LetterHeader, string>>
  emit({ topic: 'dead-letters', partition: to, record: { key, value, headers: all } })
}

/** What of a record goes into its letter: all of it, or so much as a log surely takes. */
function fitting({ key, value, headers }: LogRecord): Pick<LogRecord, 'key' | 'value' | 'headers'> {
  const ofHeaders = Object.entries(headers ?? {}).reduce((sum, pair) => sum + pair[0].length + pair[1].length, 0)
  const bytes = value.length + (key?.length ?? 0) + ofHeaders
  if (bytes <= letterBytesMax) return { key, value, headers }
  const cut: Partial<Record<LetterHeader, string>> = {
    'original-bytes': String(value.length),
    'original-sha256': createHash('sha256').update(value).digest('hex'),
  }
  return { key: key?.slice(0, letterKeyMax) ?? null, value: value.subarray(0, letterBeginningBytes), headers: cut }
}
