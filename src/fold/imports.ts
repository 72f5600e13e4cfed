/** Whether an import is open, and how far it says that it is: read from the commands topic, ahead of the fold. */
import { z } from 'zod'
import { Command } from '../../streams/commands.ts'
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

export class ImportState {
  private readonly log: Log
  private from = 0
  private reading: Promise<void> = Promise.resolve()
  /** The next reading, while it has not begun: whoever asks meanwhile waits for the same one. */
  private next: Promise<void> | undefined
  open = false
  private source: ImportSource | undefined
  /** The greatest `through` of the import's marks. */
  throughMs: number | undefined
  /** Log time through which the imports that have ended go. */
  importedMs = Number.NEGATIVE_INFINITY

  constructor(log: Log) {
    this.log = log
  }

  /** Reads the commands topic to an end that is looked up after the call; one reading at a time. */
  read(): Promise<void> {
    this.next ??= this.reading
      .catch(() => {})
      .then(() => {
        this.next = undefined
        return this.readOn()
      })
    this.reading = this.next
    return this.reading
  }

  /** @throws ForewarnError FW_IMPORT_OPEN: what is live would fall among the records of the import. */
  async checkClosed(): Promise<void> {
    await this.read()
    if (this.open) throw importOpen(this.source)
  }

  private async readOn(): Promise<void> {
    for await (const record of recordsOf(this.log, 'commands', 0, this.from)) {
      this.take(record)
      this.from = record.offset + 1
    }
  }

  private take(record: LogRecord): void {
    const command = parseCommand(record.value)
    if (command === undefined) return
    if (command.kind === 'import.begin') {
      this.open = true
      this.source = sourceOf(record)
      this.throughMs = undefined
    } else if (command.kind === 'import.mark' && this.open) {
      this.throughMs = Math.max(this.throughMs ?? Number.NEGATIVE_INFINITY, Date.parse(command.through))
    } else if ((command.kind === 'import.end' || command.kind === 'import.abandon') && this.open) {
      this.open = false
      this.importedMs = Math.max(this.importedMs, record.timeMs)
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
