/** Clients of other people write the inputs and read the outputs: Java's console tools, and librdkafka under Python. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { jsonOf } from '../../src/json.ts'
import { digest } from '../../src/log/digest.ts'
import { loadProfile } from '../../src/settings/profiles.ts'
import { EnterpriseAlert, Fate, FateColumns, fates, Score } from '../../streams/outputs.ts'
import { recordTopics, type TopicName, wireName } from '../../streams/topics.ts'
import { forewarnJson } from '../e2e/forewarn.ts'
import { type Consumed, codecs, confluentAvailable, confluentConsume, confluentProduce } from './confluent.ts'
import { consoleConsume, consoleProduce } from './consoleTools.ts'
import { codecsOnDisk } from './diskCodecs.ts'
import { appendFeed, type FeedRecord, foreignFeed, onTheWire } from './foreignFeed.ts'
import { graveEvents } from './graveEvents.ts'
import { logArgs, newKafkaLog, type TestLog } from './logs.ts'
import { describeWhere, describeWithKafka, type SharedBroker, sharedBroker } from './support.ts'

let broker: SharedBroker

const wire = ({ prefixes }: TestLog, topic: TopicName): string => wireName(topic, prefixes)

const Totals = z.object({ scores: z.int(), alerts: z.int(), fates: z.record(Fate, z.int()) })
type Totals = z.infer<typeof Totals>
const fold = async (log: TestLog): Promise<Totals> =>
  Totals.parse(await forewarnJson(['run', ...logArgs(log), '--until-end', '--log-level', 'warn']))

describeWithKafka('fed by the console producer of Java', () => {
  const ids = codecs.map((_, at) => `9111000060003734${at}L`)
  let log: TestLog
  beforeAll(async () => {
    broker = await sharedBroker()
    log = await newKafkaLog(broker.host, 2, 'log')
  })
  afterAll(() => log?.dispose())

  test('every codec is read, and Java reads what comes of it', async () => {
    const { host, folder } = broker
    const topic = wire(log, 'risk-events')
    const properties = { 'parse.key': 'true', 'parse.headers': 'true', 'null.marker': 'NULL' }
    const produce = (id: string, at: number): Promise<void> =>
      consoleProduce({
        host,
        topic,
        lines: [...graveEvents(id, 20), 'NULL'].map((value, n) => `ce_id:${n},ce_specversion:1.0\t${id}\t${value}`),
        compression: codecs[at],
        properties,
      })
    await Promise.all(ids.map(produce))
    expect(codecsOnDisk(folder, topic)).toEqual(new Set(codecs))
    const totals = await fold(log)
    expect(totals.fates).toMatchObject({ applied: 20 * ids.length, dead: ids.length })
    const scores = await consoleConsume({ host, topic: wire(log, 'scores'), recordsMax: totals.scores })
    expect(new Set(scores.map((text) => Score.parse(JSON.parse(text)).enterpriseId))).toEqual(new Set(ids))
  })
})

describeWhere(await confluentAvailable(), 'fed by librdkafka', () => {
  const partitions = 3
  let foreign: TestLog
  let own: TestLog
  let feed: FeedRecord[]
  let totals: Totals
  beforeAll(async () => {
    broker = await sharedBroker()
    const { host } = broker
    feed = foreignFeed(await loadProfile('cn'), partitions)
    ;[foreign, own] = await Promise.all([newKafkaLog(host, partitions), newKafkaLog(host, partitions)])
    await Promise.all([confluentProduce(host, onTheWire(feed, foreign.prefixes)), appendFeed(own, feed)])
    ;[totals] = await Promise.all([fold(foreign), fold(own)])
  })
  afterAll(() => Promise.all([foreign?.dispose(), own?.dispose()]))

  test('it says what the same records say that came through our own log', async () => {
    expect(codecsOnDisk(broker.folder, wire(foreign, 'risk-events'))).toEqual(new Set(codecs))
    const [one, other] = await Promise.all([digest(foreign.log), digest(own.log)])
    expect(one).toEqual(other)
    for (const topic of ['scores', 'enterprise-alerts', 'cell-parts', 'dead-letters'] as const)
      expect(one[topic].records, topic).toBeGreaterThan(0)
  })

  test('librdkafka reads the fate of every record', async () => {
    const found: Record<Fate, number> = { ...totals.fates, applied: -1 } // the command that begins a log has a fate too
    for (const fate of fates) if (fate !== 'applied') found[fate] = 0
    for (const { value } of await confluentConsume(broker.host, wire(foreign, 'fates')))
      for (const kind of Buffer.from(FateColumns.parse(jsonOf(value)).fates, 'base64')) found[fates[kind]]++
    expect(found).toEqual(totals.fates)
    expect(Object.values(found).reduce((sum, count) => sum + count)).toBe(feed.length)
  })

  test('Java and librdkafka read the same scores and alerts', async () => {
    const { host } = broker
    const contracts = { scores: Score, 'enterprise-alerts': EnterpriseAlert }
    for (const topic of ['scores', 'enterprise-alerts'] as const) {
      const records = await confluentConsume(host, wire(foreign, topic))
      const texts = records.map(({ value }) => value.toString())
      expect(records.length).toBe(topic === 'scores' ? totals.scores : totals.alerts)
      for (const { key, value } of records) expect(contracts[topic].parse(jsonOf(value)).enterpriseId).toBe(key)
      const javas = await consoleConsume({ host, topic: wire(foreign, topic), recordsMax: records.length })
      expect(javas.toSorted()).toEqual(texts.toSorted())
    }
  })

  test('dead letters are the records as they came, and say where', async () => {
    const letters = await confluentConsume(broker.host, wire(foreign, 'dead-letters'))
    const inputs = new Map<string, Consumed>()
    for (const topic of recordTopics)
      for (const record of await confluentConsume(broker.host, wire(foreign, topic)))
        inputs.set(`${topic}#${record.partition}@${record.offset}`, record)
    expect(letters).toHaveLength(totals.fates.dead + totals.fates.conflict)
    for (const { key, value, headers } of letters) {
      const input = inputs.get(`${headers.topic}#${headers.partition}@${headers.offset}`)
      expect({ key, value, headers }).toMatchObject({ key: input?.key, value: input?.value, headers: input?.headers })
    }
    const told = letters.map(({ headers, value }) => `${headers['error-code']} ${headers.topic} ${value.length > 3}`)
    expect(told.filter((line) => line.startsWith('FW_MISROUTED'))).toEqual(['FW_MISROUTED risk-events true'])
    expect(told).toContain('FW_RECORD_NOT_JSON enterprises false') // the tombstone
    expect(told).toContain('FW_RECORD_NOT_JSON risk-events false') // bytes that are no text
  })
})
