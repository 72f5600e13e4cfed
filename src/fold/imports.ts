/** Whether an import is open, and how far it says that it is: read from the commands topic, ahead of the fold. */
import { Command } from '../../streams/commands.ts'
import { fetchBytes } from '../limits.ts'
import type { Log } from '../log/port.ts'

export class ImportState {
  private readonly log: Log
  private from = 0
  open = false
  /** The greatest `through` of the import's marks. */
  throughMs: number | undefined

  constructor(log: Log) {
    this.log = log
  }

  /** Reads the commands topic to its end. */
  async read(): Promise<void> {
    const { start, end } = await this.log.range('commands', 0)
    if (this.from < start) this.from = start
    while (this.from < end) {
      const { records, next } = await this.log.read('commands', 0, this.from, fetchBytes)
      for (const record of records) this.take(record.value)
      this.from = next
    }
  }

  private take(value: Uint8Array): void {
    const command = parseCommand(value)
    if (command === undefined) return
    if (command.kind === 'import.begin') {
      this.open = true
      this.throughMs = undefined
    } else if (command.kind === 'import.mark' && this.open) {
      this.throughMs = Math.max(this.throughMs ?? Number.NEGATIVE_INFINITY, Date.parse(command.through))
    } else if (command.kind === 'import.end') {
      this.open = false
    }
  }
}

/** A command, or undefined for a record that is none (the watch task refuses it in the fold). */
export function parseCommand(value: Uint8Array): Command | undefined {
  try {
    return Command.safeParse(JSON.parse(Buffer.from(value).toString('utf8'))).data
  } catch {
    return undefined
  }
}
