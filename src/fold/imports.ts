/** Whether an import is open, and how far it says that it is: read from the commands topic, ahead of the fold. */
import { z } from 'zod'
import { type Activation, Command, isActivation } from '../../streams/commands.ts'
import { ForewarnError } from '../errors.ts'
import { jsonOf } from '../json.ts'
import { toldFilesMax } from '../limits.ts'
import type { Log, LogRecord } from '../log/port.ts'
import { recordsOf } from '../log/recordsOf.ts'

/** What an import was begun with, in a header of its first command: names of files are no part of what the log says. */
const ImportSource = z.object({
  /** `--known-at`; null where the mappings say it. */
  field: z.string().nullable(),
  /** Hash of the profile. */
  profile: z.string(),
  /** By the name of its kind or mapping; size and hash of the text, unpacked. */
  files: z.array(z.object({ kind: z.string(), file: z.string(), bytes: z.int(), hash: z.string() })),
})
export type ImportSource = z.infer<typeof ImportSource>
export const sourceHeader = 'source'

/** Undefined for an import that was begun before there was such a header. */
export function sourceOf({ headers }: LogRecord): ImportSource | undefined {
  const text = headers?.[sourceHeader]
  return text === undefined ? undefined : ImportSource.parse(JSON.parse(text))
}

/** `risk-events=events.ndjson (51,200 bytes)`, for the first of them. */
export function filesText({ files }: ImportSource): string {
  const told = files
    .slice(0, toldFilesMax)
    .map(({ kind, file, bytes }) => `${kind}=${file} (${bytes.toLocaleString('en')} bytes)`)
  const more = files.length - told.length
  return `${told.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

export function importOpen(source: ImportSource | undefined): ForewarnError {
  return new ForewarnError('FW_IMPORT_OPEN', [source === undefined ? 'an earlier version began it' : filesText(source)])
}

/** An import that is under way. */
export type OpenImport = {
  id: string
  /** What it was begun with; undefined when a version began it that did not say so. */
  source: ImportSource | undefined
  /** Of its first command. */
  headers: LogRecord['headers']
  marks: number
  /** The greatest `through` of its marks; undefined before the first. */
  markedMs: number | undefined
  /** Time of the last command, milliseconds since 1970. */
  throughMs: number
}

/** What the commands of a log say of imports, and with which profile it was started. */
export class ImportState {
  readonly #log: Log
  #from = 0
  #reading: Promise<void> = Promise.resolve()
  /** The next reading, while it has not begun: whoever asks meanwhile waits for the same one. */
  #next: Promise<void> | undefined
  activation: Activation | undefined
  /** Hashes of profiles that somebody has asked to activate. */
  readonly editions = new Set<string>()
  open: OpenImport | undefined
  /** The id of the first command of each import that has ended. */
  readonly ended = new Set<string>()
  /** Log time through which the imports that have ended go. */
  importedMs = Number.NEGATIVE_INFINITY

  constructor(log: Log) {
    this.#log = log
  }

  /** Reads the commands topic to an end that is looked up after the call; one reading at a time. */
  read(): Promise<void> {
    this.#next ??= this.#reading
      .catch(() => {})
      .then(() => {
        this.#next = undefined
        return this.#readOn()
      })
    this.#reading = this.#next
    return this.#reading
  }

  /** @throws ForewarnError FW_IMPORT_OPEN: what is live would fall among the records of the import. */
  async checkClosed(): Promise<void> {
    await this.read()
    if (this.open !== undefined) throw importOpen(this.open.source)
  }

  async #readOn(): Promise<void> {
    for await (const record of recordsOf(this.#log, 'commands', 0, this.#from)) {
      this.#take(record)
      this.#from = record.offset + 1
    }
  }

  #take(record: LogRecord): void {
    const command = parseCommand(record.value)
    const { headers, timeMs } = record
    if (isActivation(command)) this.activation ??= command
    else if (command?.kind === 'profile.activate') this.editions.add(command.hash)
    else if (command?.kind === 'import.begin')
      this.open = {
        id: command.id,
        source: sourceOf(record),
        headers,
        marks: 0,
        markedMs: undefined,
        throughMs: timeMs,
      }
    if (command === undefined || this.open === undefined) return
    if (command.kind === 'import.mark') {
      const markMs = Date.parse(command.through)
      this.open.marks++
      this.open.markedMs = Math.max(this.open.markedMs ?? markMs, markMs)
      this.open.throughMs = Math.max(this.open.throughMs, markMs)
    } else if (command.kind === 'import.end' || command.kind === 'import.abandon') {
      if (command.kind === 'import.end') this.ended.add(this.open.id)
      this.open = undefined
      this.importedMs = Math.max(this.importedMs, timeMs)
    }
  }
}

/** A command, or undefined for a record that is none (the watch task refuses it in the fold). */
export function parseCommand(value: Uint8Array): Command | undefined {
  try {
    return Command.safeParse(jsonOf(value)).data
  } catch {
    return undefined
  }
}
