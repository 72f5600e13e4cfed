/** Whether an import is open, and how far it says that it is: read from the commands topic, ahead of the fold. */
import { Command } from '../../streams/commands.ts'
import { ForewarnError } from '../errors.ts'
import { jsonOf } from '../json.ts'
import type { Log } from '../log/port.ts'
import { recordsOf } from '../log/recordsOf.ts'

export class ImportState {
  private readonly log: Log
  private from = 0
  private reading: Promise<void> = Promise.resolve()
  /** The next reading, while it has not begun: whoever asks meanwhile waits for the same one. */
  private next: Promise<void> | undefined
  open = false
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
    if (this.open) throw new ForewarnError('FW_IMPORT_OPEN')
  }

  private async readOn(): Promise<void> {
    for await (const { offset, timeMs, value } of recordsOf(this.log, 'commands', 0, this.from)) {
      this.take(value, timeMs)
      this.from = offset + 1
    }
  }

  private take(value: Uint8Array, timeMs: number): void {
    const command = parseCommand(value)
    if (command === undefined) return
    if (command.kind === 'import.begin') {
      this.open = true
      this.throughMs = undefined
    } else if (command.kind === 'import.mark' && this.open) {
      this.throughMs = Math.max(this.throughMs ?? Number.NEGATIVE_INFINITY, Date.parse(command.through))
    } else if (command.kind === 'import.end' && this.open) {
      this.open = false
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
