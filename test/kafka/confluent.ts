/** Confluent's client of Python (librdkafka), in an environment of its own: what most senders outside of Java use. */
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { z } from 'zod'
import { messageOf } from '../../src/errors.ts'
import { kafkaAvailable } from './jars.ts'
import { mustRun } from './java.ts'

/** In the order of their numbers in a batch. */
export const codecs = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const
export type Codec = (typeof codecs)[number]

export type ForeignRecord = {
  topic: string
  /** Absent: murmur2 of the key. */
  partition?: number
  codec: Codec
  timeMs: number
  key: string | null
  value: Buffer | null
  headers: Readonly<Record<string, string>>
}

const version = '2.16.1'
const cache = path.resolve(import.meta.dirname, '../../node_modules/.cache/forewarn-confluent')
const home = path.join(cache, version)
const fetchMsMax = 120_000

/** True, or why there is no such client here. Makes the environment if need be, whole or not at all. */
export async function confluentAvailable(): Promise<true | string> {
  const kafka = await kafkaAvailable()
  if (kafka !== true || existsSync(home)) return kafka
  await mkdir(cache, { recursive: true })
  const scratch = await mkdtemp(path.join(cache, 'fetch-'))
  try {
    await mustRun('python3', ['-m', 'venv', scratch], { timeoutMs: fetchMsMax })
    const install = ['-m', 'pip', 'install', '--quiet', '--retries', '1', `confluent-kafka==${version}`]
    await mustRun(path.join(scratch, 'bin/python'), install, { timeoutMs: fetchMsMax })
    await rename(scratch, home).catch((error: unknown) => {
      if (!existsSync(home)) throw error // else somebody else was first
    })
    return true
  } catch (error) {
    return `Python could not fetch confluent-kafka: ${messageOf(error).split('\n')[0]}`
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}

/** Writes the records in their order. @throws Error when the broker refuses one. */
export async function confluentProduce(host: string, records: readonly ForeignRecord[]): Promise<void> {
  const sent = records.map(({ key, value, headers, ...rest }) => ({
    ...rest,
    key: key === null ? null : base64(Buffer.from(key)),
    value: value === null ? null : base64(value),
    headers: Object.entries(headers).map(([name, text]) => [name, base64(Buffer.from(text))]),
  }))
  await python({ do: 'produce', host, records: sent })
}

const bytes = z.base64().transform((text) => Buffer.from(text, 'base64'))
const Consumed = z.object({
  partition: z.int(),
  offset: z.int(),
  timeMs: z.int(),
  key: bytes.nullable().transform((key) => key?.toString() ?? null),
  value: bytes.nullable().transform((value) => value ?? Buffer.alloc(0)), // a tombstone
  headers: z
    .array(z.tuple([z.string(), bytes]))
    .transform((pairs) => Object.fromEntries(pairs.map(([name, value]) => [name, value.toString()]))),
})
export type Consumed = z.infer<typeof Consumed>

/** The committed records of a topic, partition by partition in log order. */
export async function confluentConsume(host: string, topic: string): Promise<Consumed[]> {
  const out = await python({ do: 'consume', host, topic })
  const records = out.split('\n').flatMap((line) => (line === '' ? [] : [Consumed.parse(JSON.parse(line))]))
  return records.sort((a, b) => a.partition - b.partition || a.offset - b.offset)
}

function python(task: object): Promise<string> {
  const script = path.join(import.meta.dirname, 'confluent.py')
  return mustRun(path.join(home, 'bin/python'), [script], { stdin: JSON.stringify(task) })
}

const base64 = (value: Buffer): string => value.toString('base64')
