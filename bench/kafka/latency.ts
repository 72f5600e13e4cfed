/**
 * How long an event takes from the moment it is due to be sent until whoever reads committed records sees the alert that it causes.
 * One event in a hundred is grave, of an enterprise that has no other: it lifts the band, and the alert tells whose it is.
 */
import { createHistogram, type RecordableHistogram } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Consumer } from 'kafkajs'
import { kafkaClient } from '../../src/log/kafka/connection.ts'
import type { Profile } from '../../streams/profile.ts'
import { wireName } from '../../streams/topics.ts'
import type { Broker } from '../../test/kafka/broker.ts'
import { type KafkaPlace, logArgs } from '../../test/kafka/logs.ts'
import { benchProgram, forewarn } from '../measured.ts'
import { progress } from '../options.ts'
import { loadTables, newPlace, partitions, withLoader } from './load.ts'
import { graveEvery, graveHistory, graveOf, perSecond } from './paced.ts'

const warmUpSeconds = 15
const seconds = 45

export type Latency = { p50: number; p99: number; max: number; alerts: number; cpuUsPerEvent: number }

export async function measureLatency(broker: Broker, profile: Profile, enterprises: number): Promise<Latency> {
  const place = await newPlace(broker, 'live', 'log')
  const all = perSecond * (warmUpSeconds + seconds)
  const grave = graveOf(enterprises, all / graveEvery)
  await withLoader(place, async (load) => {
    await loadTables(load, profile, enterprises)
    const history = graveHistory(grave.keys(), Date.now())
    await load('credit-grades', history.grades)
    await load('risk-events', history.events)
  })
  const beats = ['--beat-ms', '100', '--slack-ms', '100', '--http', '127.0.0.1:0']
  const run = forewarn(['run', ...logArgs(place), ...beats, '--log-level', 'debug'])
  for (let task = 0; task < partitions; task++)
    await run.says(new RegExp(`"task":"enterprise-${task}".*"records":[1-9]`))
  await sleep(3_000) // the tables are folded
  const alerts = new Alerts(grave)
  const consumer = await readAlerts(place, (enterpriseId) => alerts.seen(enterpriseId))
  const before = run.measures
  const topic = wireName('risk-events', place.prefixes)
  const sender = benchProgram('kafka/sender.ts', [broker.host, topic, String(enterprises), String(all)])
  alerts.startMs = Number((await sender.says(/start (\d+\.?\d*)/))[1])
  await sender.ended
  await sleep(5_000)
  const cpuUsPerEvent = (run.measures.cpuUs - before.cpuUs) / all
  await consumer.disconnect()
  run.stop()
  await run.ended
  if (process.env.DEV_LOG) (await import('node:fs')).writeFileSync(process.env.DEV_LOG, run.err)
  return { ...alerts.summary(), cpuUsPerEvent }
}

/** What was sent when follows from the number of the event; alerts during the warm-up are not counted. */
class Alerts {
  startMs = 0
  readonly #waits: RecordableHistogram = createHistogram()
  readonly #numbers: ReadonlyMap<string, number>
  readonly #met = new Set<number>()

  /** By the id of the enterprise, the number of its grave event. */
  constructor(numbers: ReadonlyMap<string, number>) {
    this.#numbers = numbers
  }

  seen(enterpriseId: string): void {
    const number = this.#numbers.get(enterpriseId)
    if (number === undefined || this.#met.has(number)) return
    this.#met.add(number)
    const dueMs = (number / perSecond) * 1_000
    const waitMs = performance.timeOrigin + performance.now() - this.startMs - dueMs
    if (dueMs >= warmUpSeconds * 1_000) this.#waits.record(Math.max(1, Math.round(waitMs)))
  }

  summary(): Pick<Latency, 'p50' | 'p99' | 'max' | 'alerts'> {
    if (this.#met.size !== this.#numbers.size)
      throw new Error(`${this.#numbers.size} grave events led to ${this.#met.size} alerts`)
    const { max, count } = this.#waits
    progress(`${count} alerts, latest after ${max} ms`)
    return { p50: this.#waits.percentile(50), p99: this.#waits.percentile(99), max, alerts: count }
  }
}

async function readAlerts(
  { connection, prefixes }: KafkaPlace,
  seen: (enterpriseId: string) => void,
): Promise<Consumer> {
  const consumer = kafkaClient(connection).consumer({ groupId: 'alerts', maxWaitTimeInMs: 100 })
  await consumer.connect()
  await consumer.subscribe({ topics: [wireName('enterprise-alerts', prefixes)], fromBeginning: true })
  const joined = new Promise((resolve) => consumer.on(consumer.events.GROUP_JOIN, resolve))
  await consumer.run({
    autoCommit: false,
    eachBatch: async ({ batch }) => {
      for (const { key } of batch.messages) seen(key?.toString() ?? '')
    },
  })
  await joined
  return consumer
}
