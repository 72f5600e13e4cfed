/** Confluent's client of Python (librdkafka), in an environment of its own: what most senders outside of Java use. */
import path from 'node:path'
import { z } from 'zod'
import { pythonWith } from '../support/python.ts'
import { kafkaAvailable } from './jars.ts'

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

const client = pythonWith(['confluent-kafka==2.16.1'])

/** True, or why there is no such client here. */
export async function confluentAvailable(): Promise<true | string> {
  const kafka = await kafkaAvailable()
  return kafka === true ? client.available() : kafka
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
  return client.run(path.join(import.meta.dirname, 'confluent.py'), JSON.stringify(task))
}

const base64 = (value: Buffer): string => value.toString('base64')
