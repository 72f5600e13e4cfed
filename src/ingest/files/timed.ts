/** The entries of one file of an import, each with the time at which it became known; and a first look at the whole file. */
import { createHash } from 'node:crypto'
import type { RecordTopic } from '../../../streams/topics.ts'
import { entriesOfFile } from './entries.ts'
import type { Entry, EntryOptions } from './entry.ts'

/** One file of an import. `mapping`: as in EntryOptions. `argument`: its place among the arguments. */
export type ImportFile = { topic: RecordTopic; mapping?: string; file: string; argument: number }

export type TimedEntry = Omit<Entry, 'untimed'> & { knownAtMs: number }

/** The order of the entries of one file. */
export function byTimeAndPlace(a: TimedEntry, b: TimedEntry): number {
  return a.knownAtMs - b.knownAtMs || a.line - b.line || a.position - b.position
}

/** `maxMs`: later lines are refused. Log times count from 1970, so earlier ones are, too. */
export type TimeLimits = { maxMs: number }

export type FileScan = {
  entries: number
  /** Rows that give no record by their mapping. */
  leftOut: number
  /** Whether no record became known before the one above it. */
  sorted: boolean
  /** Of the first line that has a time; undefined when none has. */
  firstMs: number | undefined
  /** The first record that does not say when it became known, and why. */
  untimed: { line: number; why: string } | undefined
  minMs: number
  maxMs: number
  /** The most lines in a row that share one time. */
  densest: number
  /** Size and hash of its text, unpacked. */
  bytes: number
  hash: string
}

/**
 * Gives each record its own time. A line that is no record takes that of the line before it, and those before the first one that of
 * the first, so that its dead letter has a place in time.
 */
class Clock {
  readonly #limits: TimeLimits
  #lastMs: number | undefined

  constructor(limits: TimeLimits, firstMs: number | undefined) {
    this.#limits = limits
    this.#lastMs = firstMs
  }

  /** Or why the line has no time. */
  read({ knownAtMs, untimed }: Entry): number | { why: string } {
    if (untimed !== undefined) return { why: untimed }
    if (knownAtMs === undefined) return this.#lastMs ?? { why: 'no line has a time' }
    if (knownAtMs < 0) return { why: `${isoOf(knownAtMs)} is before 1970` }
    if (knownAtMs > this.#limits.maxMs)
      return { why: `${isoOf(knownAtMs)} is later than ${isoOf(this.#limits.maxMs)}, the latest that is admitted` }
    this.#lastMs = knownAtMs
    return knownAtMs
  }
}

const isoOf = (ms: number): string => new Date(ms).toISOString()

export async function scanFile(
  { file, ...kind }: ImportFile,
  options: Pick<EntryOptions, 'profile' | 'field'>,
  limits: TimeLimits,
): Promise<FileScan> {
  const scan: Omit<FileScan, 'hash'> = {
    entries: 0,
    leftOut: 0,
    sorted: true,
    firstMs: undefined,
    untimed: undefined,
    minMs: Number.POSITIVE_INFINITY,
    maxMs: 0,
    densest: 0,
    bytes: 0,
  }
  const hash = createHash('sha256')
  const heard = (piece: Buffer): void => {
    scan.bytes += piece.length
    hash.update(piece)
  }
  const clock = new Clock(limits, undefined)
  let lastMs: number | undefined
  let run = 0
  const leftOut = (): void => {
    scan.leftOut++
  }
  for await (const entries of entriesOfFile(file, { ...options, ...kind, leftOut, heard })) {
    scan.entries += entries.length
    for (const entry of entries) {
      const ms = clock.read(entry)
      if (typeof ms !== 'number') {
        if (entry.untimed !== undefined || entry.knownAtMs !== undefined)
          scan.untimed ??= { line: entry.line, why: ms.why }
        continue
      }
      scan.firstMs ??= ms
      if (lastMs !== undefined && ms < lastMs) scan.sorted = false
      run = ms === lastMs ? run + 1 : 1
      lastMs = ms
      if (run > scan.densest) scan.densest = run
      if (ms < scan.minMs) scan.minMs = ms
      if (ms > scan.maxMs) scan.maxMs = ms
    }
  }
  return { ...scan, hash: hash.digest('hex').slice(0, 32) }
}

export type TimedOptions = Pick<EntryOptions, 'profile' | 'field'> & {
  limits: TimeLimits
  firstMs: number | undefined
  /** Told of each line that has no time that is admitted, and why. */
  refuse: (entry: Entry, why: string) => void
}

export async function* timedEntries(
  { file, ...kind }: ImportFile,
  options: TimedOptions,
): AsyncGenerator<TimedEntry[]> {
  const clock = new Clock(options.limits, options.firstMs)
  for await (const entries of entriesOfFile(file, { ...options, ...kind })) {
    const timed: TimedEntry[] = []
    for (const entry of entries) {
      const knownAtMs = clock.read(entry)
      if (typeof knownAtMs !== 'number') options.refuse(entry, knownAtMs.why)
      else timed.push({ line: entry.line, position: entry.position, value: entry.value, knownAtMs, fault: entry.fault })
    }
    if (timed.length > 0) yield timed
  }
}
