/** Answers to commands, and what could not be used: counted by code, never by what it held. */
import { CommandResult } from '../../../streams/outputs.ts'
import { jsonOf } from '../../json.ts'
import type { LogRecord } from '../../log/port.ts'
import type { Store } from '../store.ts'

export function foldDeadLetter(store: Store, { headers, timeMs }: LogRecord): void {
  store.run(
    `INSERT INTO dead_letter VALUES (?, ?, 1, ?)
     ON CONFLICT (code, topic) DO UPDATE SET count = count + 1, last_at = max(last_at, excluded.last_at)`,
    ...[headers?.['error-code'] ?? '', headers?.topic ?? '', new Date(timeMs).toISOString()],
  )
}

export function foldCommandResult(store: Store, { value }: LogRecord): void {
  const result = CommandResult.parse(jsonOf(value))
  const { id, kind, accepted, beat } = result
  store.run(
    'INSERT OR REPLACE INTO command_result VALUES (?, ?, ?, ?, ?)',
    ...[id, kind, accepted ? 1 : 0, beat, JSON.stringify(result)],
  )
}
