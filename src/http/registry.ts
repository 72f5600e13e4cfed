/**
 * POST /api/v1/commands and /api/v1/artifacts: changes of model, and the chunks of models, one JSON object a line. Commands of other
 * kinds are the program's own and are not taken here. A body with a line that cannot be used is refused as a whole.
 */
import type { FastifyInstance } from 'fastify'
import { ForewarnError } from '../errors.ts'
import { ImportState } from '../fold/imports.ts'
import { registryBodyBytesMax } from '../limits.ts'
import type { Log } from '../log/port.ts'
import { type RegistryTopic, registryRecord } from '../settings/registry/target.ts'
import type { Connections } from './connections.ts'
import { chunksOf, takeLines } from './lines.ts'

const topics = ['commands', 'artifacts'] as const satisfies readonly RegistryTopic[]

export function registryRoutes(app: FastifyInstance, connections: Connections, log: Log): void {
  takeLines(app, connections, { bytesMax: registryBodyBytesMax }, ['application/x-ndjson'])
  const imports = new ImportState(log)
  for (const topic of topics) {
    app.post(`/api/v1/${topic}`, async ({ body }): Promise<{ accepted: number }> => {
      const text = Buffer.concat(await Array.fromAsync(chunksOf(body))).toString('utf8')
      const lines = text.split('\n').filter((line) => line.trim() !== '')
      const records = lines.map((line, at) => registryRecord(topic, parsed(line, at + 1)))
      await imports.checkClosed()
      if (records.length > 0) await log.append(topic, 0, records)
      return { accepted: records.length }
    })
  }
}

function parsed(line: string, number: number): unknown {
  try {
    return JSON.parse(line)
  } catch {
    throw new ForewarnError('FW_RECORD_INVALID', [`line ${number} is not JSON`])
  }
}
