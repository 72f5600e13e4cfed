/** Where changes of model or profile go: into the log itself, or to the process that holds it. */
import { ArtifactChunk, artifactKey } from '../../../streams/artifacts.ts'
import { ChangeCommand } from '../../../streams/commands.ts'
import { ForewarnError } from '../../errors.ts'
import { ImportState } from '../../fold/imports.ts'
import { type Holder, postLines } from '../../ingest/httpTarget.ts'
import { jsonBytes } from '../../json.ts'
import type { Log, NewRecord } from '../../log/port.ts'
import { invalid } from '../../records.ts'

export type RegistryTopic = 'commands' | 'artifacts'
/** `send` resolves when the record is on disk. @throws ForewarnError FW_IMPORT_OPEN, and what the log or its holder says. */
export type RegistryTarget = { send(topic: RegistryTopic, value: ChangeCommand | ArtifactChunk): Promise<void> }

/** The record of a command or chunk. @throws ForewarnError FW_RECORD_INVALID. */
export function registryRecord(topic: RegistryTopic, value: unknown): NewRecord {
  if (topic === 'commands') {
    const command = ChangeCommand.safeParse(value)
    if (command.success) return { key: null, value: jsonBytes(command.data) }
    throw new ForewarnError('FW_RECORD_INVALID', [invalid(command.error).detail])
  }
  const chunk = ArtifactChunk.safeParse(value)
  if (chunk.success) return { key: artifactKey(chunk.data), value: jsonBytes(chunk.data) }
  throw new ForewarnError('FW_RECORD_INVALID', [invalid(chunk.error).detail])
}

export function logRegistry(log: Log): RegistryTarget {
  const imports = new ImportState(log)
  return {
    send: async (topic, value) => {
      await imports.checkClosed()
      await log.append(topic, 0, [registryRecord(topic, value)])
    },
  }
}

export function httpRegistry(holder: Holder): RegistryTarget {
  return {
    send: async (topic, value) => {
      const body = Buffer.from(`${JSON.stringify(value)}\n`)
      await postLines(holder, `/api/v1/${topic}`, body)
    },
  }
}
