/** Ends an import that was cut, as it is. */
import type { Command } from '../../../streams/commands.ts'
import { ForewarnError } from '../../errors.ts'
import type { OpenImport } from '../../fold/imports.ts'
import { greatestLogMs } from '../../fold/progress.ts'
import type { Log } from '../../log/port.ts'
import { commandId } from './importSource.ts'
import { readCommands } from './importState.ts'
import { actor } from './importWriter.ts'

/**
 * Says in the log that the open import is given up: its records stay, and live ones are taken from here on. Up to its last mark
 * they are all there; behind it a part of them is.
 *
 * @throws ForewarnError FW_USAGE when none is open.
 */
export async function abandonImport(log: Log): Promise<OpenImport> {
  const { open } = await readCommands(log)
  if (open === undefined) throw new ForewarnError('FW_USAGE', ['No import into this log is open.'])
  const command: Command = { id: commandId(open.id, open.marks + 1), actor, kind: 'import.abandon' }
  const timeMs = Math.max(open.throughMs, await greatestLogMs(log))
  await log.append('commands', 0, [{ key: null, value: Buffer.from(JSON.stringify(command)), timeMs }])
  return open
}
