/** Commands as every task that obeys them reads them: one sent twice is done once. */
import { Command } from '../../streams/commands.ts'
import type { Fate } from '../../streams/outputs.ts'
import type { ErrorCode } from '../errors.ts'
import type { LogRecord } from '../log/port.ts'
import { invalid, parseObject } from '../records.ts'

export type CommandOutcome = { fate: Fate; code?: ErrorCode; detail: string; command?: Command }

/** Ids of commands seen so far. */
export class CommandFold {
  readonly seen = new Set<string>()

  fold(record: LogRecord): CommandOutcome {
    const parsed = parseObject(record.value)
    if ('refused' in parsed) return { fate: 'dead', code: parsed.refused, detail: parsed.detail }
    const checked = Command.safeParse(parsed.json)
    if (!checked.success) {
      const { refused, detail } = invalid(checked.error)
      return { fate: 'dead', code: refused, detail }
    }
    const { id } = checked.data
    if (this.seen.has(id)) return { fate: 'duplicate', detail: '' }
    this.seen.add(id)
    return { fate: 'applied', detail: '', command: checked.data }
  }
}
