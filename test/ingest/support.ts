/** Folders, files and screens for tests of the edges and of commands. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { afterAll } from 'vitest'
import type { Screen } from '../../src/cli/common.ts'
import type { Log, LogRecord } from '../../src/log/port.ts'
import { recordsOf } from '../../src/log/recordsOf.ts'
import { FileMapping } from '../../streams/mapping.ts'
import type { Profile } from '../../streams/profile.ts'
import type { TopicName } from '../../streams/topics.ts'
import { tinyProfile } from '../support/tinyProfile.ts'

const folders: string[] = []
afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true })
})

export async function tempFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'forewarn-edges-'))
  folders.push(folder)
  return folder
}

export async function fileOf(folder: string, name: string, content: string | Uint8Array): Promise<string> {
  const file = join(folder, name)
  await writeFile(file, content)
  return file
}

export const lines = (...records: readonly (object | string)[]): string =>
  records.map((record) => `${typeof record === 'string' ? record : JSON.stringify(record)}\n`).join('')

class Collected extends Writable {
  readonly isTTY: boolean
  text = ''
  constructor(isTTY: boolean) {
    super()
    this.isTTY = isTTY
  }
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString('utf8')
    done()
  }
}

/** A screen that remembers what was printed. */
export function testScreen({ tty = false, stdin = '' } = {}): Screen & { out: Collected; err: Collected } {
  return { out: new Collected(tty), err: new Collected(false), stdin: streamOf(stdin) }
}

export async function* streamOf(...chunks: readonly (string | Uint8Array)[]): AsyncGenerator<Buffer> {
  for (const chunk of chunks) if (chunk.length > 0) yield Buffer.from(chunk)
}

export async function recordsIn(log: Log, topic: TopicName): Promise<LogRecord[]> {
  const found: LogRecord[] = []
  for (let partition = 0; partition < log.partitions(topic); partition++) {
    for await (const record of recordsOf(log, topic, partition)) found.push(record)
  }
  return found
}

export const textOf = ({ value }: LogRecord): string => Buffer.from(value).toString('utf8')

/** The tiny profile with a CSV mapping of events: columns no, who, what, when. */
export const csvProfile: Profile = {
  ...tinyProfile,
  file: {
    ...tinyProfile.file,
    files: {
      'risk-events': FileMapping.parse({
        fields: { id: 'no', enterpriseId: 'who', type: 'what', occurredAt: { from: 'when', as: 'instant' } },
      }),
    },
  },
}

export const event = (id: string, enterpriseId: string, at: string, more: object = {}): Record<string, unknown> => ({
  id,
  enterpriseId,
  type: 'PEN.FINE',
  occurredAt: at,
  ...more,
})

/** How a server of a test is reached, and what it asks for. */
export const access = { host: '127.0.0.1', names: [], token: 'a-token-of-tests-alone' }
