/** Kafka's own console tools: they say from outside what is in a topic, and write what only Java's producer writes. */

import { waitMsMax } from '../support/patience.ts'
import { brokerJars } from './jars.ts'
import { javaArgs, run, tail } from './java.ts'
import type { Properties } from './settings.ts'

/** Where nothing says how many records there are: after so long without one there are no more. */
const idleMs = 30_000
/** How the console consumer says that no record came for `--timeout-ms`. */
const idleEnd = / ERROR Error processing message, terminating consumer process: .*\n\S*\.TimeoutException$/m

type Consume = {
  host: string
  topic: string
  /** One partition, read by offset; without it all of them, by a group of its own. */
  partition?: number
  fromBeginning?: boolean
  isolation?: 'read_committed' | 'read_uncommitted'
  /**
   * It ends when no record has come for so long, or when it has had `recordsMax`. The first record may take seconds on a loaded
   * machine: too short a time looks like an empty topic. Who knows how many there are waits for nothing else, and so for long.
   */
  timeoutMs?: number
  recordsMax?: number
  /** Of the formatter: `print.key`, `print.offset`, `print.headers`, `key.separator` and so on. */
  properties?: Properties
  /** Of the client. */
  client?: Properties
}

/** The records of a topic, a line each, as the console consumer prints them. @throws Error with what it said when it fails. */
export async function consoleConsume(call: Consume): Promise<string[]> {
  const {
    host,
    topic,
    partition,
    fromBeginning = true,
    recordsMax,
    timeoutMs = recordsMax === undefined ? idleMs : waitMsMax,
  } = call
  const args = ['--bootstrap-server', host, '--topic', topic, '--timeout-ms', String(timeoutMs)]
  if (partition !== undefined) args.push('--partition', String(partition))
  if (fromBeginning) args.push('--from-beginning')
  if (recordsMax !== undefined) args.push('--max-messages', String(recordsMax))
  args.push('--isolation-level', call.isolation ?? 'read_committed')
  args.push(...assignments('--formatter-property', call.properties), ...assignments('--command-property', call.client))
  const out = await java('org.apache.kafka.tools.consumer.ConsoleConsumer', args)
  return out.split('\n').slice(0, -1)
}

/** The tool gives a broker 1.5 s to answer, and tries three times: one that is held up for longer is left before it could. Producers have 30 s. */
const patient = ['--request-timeout-ms', '30000', '--message-send-max-retries', '100']

type Produce = {
  host: string
  topic: string
  /** Values; with the property `parse.key` keys and values, with a tab between. */
  lines: readonly string[]
  compression?: 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd'
  /** Of the reader of lines: `parse.key`, `parse.headers`, `key.separator`, `null.marker` and so on. */
  properties?: Properties
  /** Of the client: `batch.size`, `linger.ms` and so on. */
  client?: Properties
}

/** Writes a record a line. @throws Error with what it said when it fails. */
export async function consoleProduce(call: Produce): Promise<void> {
  const { host, topic, lines, compression = 'none' } = call
  const args = ['--bootstrap-server', host, '--topic', topic, '--compression-codec', compression, ...patient]
  args.push(...assignments('--reader-property', call.properties), ...assignments('--command-property', call.client))
  await java('org.apache.kafka.tools.ConsoleProducer', args, lines.map((line) => `${line}\n`).join(''))
}

/** The tools end with 0 whatever happens; what they log tells. */
async function java(tool: string, args: readonly string[], stdin = ''): Promise<string> {
  const { code, out, err } = await run('java', [...javaArgs(await brokerJars(), 'WARN', 128), tool, ...args], { stdin })
  const failed = code !== 0 || / ERROR /.test(err.replace(idleEnd, ''))
  const readNothing = idleEnd.test(err) && out === '' && / WARN /.test(err) // no such topic, or no broker: not an empty topic
  if (failed || readNothing) throw new Error(`${tool}: ${tail(err, 20)}`)
  return out
}

function assignments(option: string, properties: Properties = {}): string[] {
  return Object.entries(properties).flatMap(([name, value]) => [option, `${name}=${value}`])
}
