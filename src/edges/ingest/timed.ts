/** The entries of one file of an import, each with the time at which it became known; and a first look at the whole file. */
import type { RecordTopic } from '../../../streams/topics.ts'
import { entriesOfFile } from './entries.ts'
import type { Entry, EntryOptions } from './entry.ts'

/** One file of an import. `mapping`: as in EntryOptions. `argument`: its place among the arguments. */
export type ImportFile = { topic: RecordTopic; mapping?: string; file: string; argument: number }

export type TimedEntry = Entry & { knownAtMs: number }

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
  minMs: number
  maxMs: number
  /** The most lines in a row that share one time. */
  densest: number
}

/** Gives each line its time: its own, or that of the line before it, and to those before the first one that of the first. */
class Clock {
  readonly #limits: TimeLimits
  #lastMs: number | undefined

  constructor(limits: TimeLimits, firstMs: number | undefined) {
    this.#limits = limits
    this.#lastMs = firstMs
  }

  /** Undefined for a line whose time is not admitted, and while no time is known. */
  read({ knownAtMs }: Entry): number | undefined {
    if (knownAtMs === undefined) return this.#lastMs
    if (!isAdmitted(knownAtMs, this.#limits)) return undefined
    this.#lastMs = knownAtMs
    return knownAtMs
  }
}

function isAdmitted(ms: number, { maxMs }: TimeLimits): boolean {
  return ms >= 0 && ms <= maxMs
}

export async function scanFile(
  { file, ...kind }: ImportFile,
  options: Pick<EntryOptions, 'profile' | 'field'>,
  limits: TimeLimits,
): Promise<FileScan> {
  const scan: FileScan = {
    entries: 0,
    leftOut: 0,
    sorted: true,
    firstMs: undefined,
    minMs: Number.POSITIVE_INFINITY,
    maxMs: 0,
    densest: 0,
  }
  const clock = new Clock(limits, undefined)
  let lastMs: number | undefined
  let run = 0
  const leftOut = (): void => {
    scan.leftOut++
  }
  for await (const entries of entriesOfFile(file, { ...options, ...kind, leftOut })) {
    scan.entries += entries.length
    for (const entry of entries) {
      const ms = clock.read(entry)
      if (ms === undefined) continue
      scan.firstMs ??= ms
      if (lastMs !== undefined && ms < lastMs) scan.sorted = false
      run = ms === lastMs ? run + 1 : 1
      lastMs = ms
      if (run > scan.densest) scan.densest = run
      if (ms < scan.minMs) scan.minMs = ms
      if (ms > scan.maxMs) scan.maxMs = ms
    }
  }
  return scan
}

export type TimedOptions = Pick<EntryOptions, 'profile' | 'field'> & {
  limits: TimeLimits
  firstMs: number | undefined
  /** Told of each line whose time is not admitted. */
  refuse: (entry: Entry) => void
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
      if (knownAtMs === undefined) options.refuse(entry)
      else timed.push({ ...entry, knownAtMs })
    }
    if (timed.length > 0) yield timed
  }
}
