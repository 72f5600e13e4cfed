/** Reads committed records by explicit offset, through the inner cluster of kafkajs: its consumer has no assign and hides the last stable offset. */
import { setTimeout as sleep } from 'node:timers/promises'
import type Cluster from 'kafkajs/src/cluster/index.js'
import { ForewarnError, messageOf } from '../../errors.ts'
import { fetchedRecordsMax, kafkaPatienceMs } from '../../limits.ts'
import type { Listener } from '../../notices.ts'
import type { Batch } from '../port.ts'
import { inflators } from './codecs/codecs.ts'
import { isOfType, kafkaFault, missingRight } from './faults.ts'
import { type Place, placeKey } from './place.ts'
import { fetchOf } from './wire/fetch.ts'
import { Fetched, type Inflate } from './wire/fetched.ts'
import { type LatestTime, latestTimeOf } from './wire/latestTime.ts'

const earliest = -2
const latest = -1
const retryEveryMs = 100
/** Isolation levels of the protocol. */
const [uncommitted, committed] = [0, 1] as const

/** What was fetched and is not read to its end; `stableEnd`: the last stable offset then. */
type Rest = { fetched: Fetched; stableEnd: number }

type Look = Place & { resolve: (offset: number) => void; reject: (error: unknown) => void }

export class KafkaReader {
  readonly #cluster: Cluster
  readonly #name: string
  readonly #known = new Set<string>()
  /** Looks asked for in this turn; one request answers all of them. */
  #looks: Look[] = []
  /** What a fetch brought beyond what was asked for, by place: compressed batches come whole. */
  readonly #rest = new Map<string, Rest>()
  /** Brokers whose connection for fetches is open. */
  readonly #fetching = new Set<string>()
  #opening: Promise<void> | undefined
  readonly #listener: Listener
  #closed = false

  constructor(cluster: Cluster, name: string, listener: Listener = () => {}) {
    this.#cluster = cluster
    this.#name = name
    this.#listener = listener
  }

  /** One past the last committed record or marker (the last stable offset). Looks of one turn travel together. */
  end(place: Place): Promise<number> {
    return new Promise((resolve, reject) => {
      if (this.#looks.length === 0) setImmediate(() => this.#look())
      this.#looks.push({ ...place, resolve, reject })
    })
  }

  /** One past the last record, committed or not (the high watermark). */
  async writtenEnd(place: Place): Promise<number> {
    const [offset] = await this.#patiently(() => this.#listOffsets([place], latest, uncommitted))
    return offset
  }

  async start(place: Place): Promise<number> {
    const [offset] = await this.#patiently(() => this.#listOffsets([place], earliest))
    return offset
  }

  /** The record with the greatest time, where the broker can tell; of what nobody committed, too. */
  latestTime(place: Place): Promise<LatestTime | undefined> {
    return this.#patiently(async () => {
      await this.#knowing([place])
      return latestTimeOf(await this.#cluster.findBroker({ nodeId: this.#leaderId(place) }), place)
    })
  }

  /** At least one record if there is one, at most about `bytesMax`. @throws ForewarnError FW_LOG_TRUNCATED. */
  async read(place: Place, from: number, bytesMax: number): Promise<Batch> {
    const key = placeKey(place)
    const rest = this.#rest.get(key)
    this.#rest.delete(key)
    const { fetched, stableEnd } = rest?.fetched.next === from ? rest : await this.#fetch(place, from, bytesMax)
    const { records, next } = await fetched.take(bytesMax, fetchedRecordsMax).catch((error: unknown) => {
      throw kafkaFault(error, this.#name)
    })
    if (fetched.hasMore) this.#rest.set(key, { fetched, stableEnd })
    // A batch that compaction took away as a whole leaves nothing to read; its offsets are passed one by one.
    if (records.length === 0 && next === from && stableEnd > from) return { records, next: from + 1 }
    return { records, next }
  }

  close(): void {
    this.#closed = true
  }

  #look(): void {
    const looks = this.#looks
    this.#looks = []
    this.#patiently(() => this.#listOffsets(looks, latest)).then(
      (offsets) => {
        for (const [at, look] of looks.entries()) look.resolve(offsets[at])
      },
      (error: unknown) => {
        for (const look of looks) look.reject(error)
      },
    )
  }

  async #fetch(place: Place, from: number, bytesMax: number): Promise<Rest> {
    return this.#patiently(async () => {
      await this.#knowing([place])
      const nodeId = this.#leaderId(place)
      const broker = await this.#cluster.findBroker({ nodeId })
      const answer = await this.#firstAlone(nodeId, () => fetchOf(broker, place, from, bytesMax)).catch(
        (error: unknown) => {
          if (!isOfType(error, 'OFFSET_OUT_OF_RANGE')) throw missingRight(error, this.#name, `Read on ${place.topic}`)
          throw new ForewarnError('FW_LOG_TRUNCATED', [this.#name, from], { cause: error })
        },
      )
      const { bytes, aborted, lastStableOffset } = answer ?? {
        bytes: Buffer.alloc(0),
        aborted: [],
        lastStableOffset: 0,
      }
      const inflate: Inflate = (codec, compressed) => inflators[codec](compressed)
      return { fetched: new Fetched(bytes, aborted, from, inflate), stableEnd: lastStableOffset }
    })
  }

  async #listOffsets(
    places: readonly Place[],
    timestamp: number,
    isolationLevel: typeof uncommitted | typeof committed = committed,
  ): Promise<number[]> {
    await this.#knowing(places)
    const once = new Map(places.map((place) => [placeKey(place), place])) // a request takes each partition once
    const byLeader = Map.groupBy(once.values(), (place) => this.#leaderId(place))
    const found = new Map<string, number>()
    for (const [nodeId, led] of byLeader) {
      const broker = await this.#cluster.findBroker({ nodeId })
      const byTopic = Map.groupBy(led, ({ topic }) => topic)
      const { responses } = await broker.listOffsets({
        replicaId: -1,
        isolationLevel,
        topics: [...byTopic].map(([topic, some]) => ({
          topic,
          partitions: some.map(({ partition }) => ({ partition, timestamp })),
        })),
      })
      for (const { topic, partitions } of responses)
        for (const { partition, offset } of partitions) found.set(placeKey({ topic, partition }), Number(offset))
    }
    return places.map((place) => {
      const offset = found.get(placeKey(place))
      if (offset === undefined)
        throw new ForewarnError('FW_LOG_UNAVAILABLE', [this.#name, `no offset of ${place.topic}`])
      return offset
    })
  }

  /** The first fetch opens the connection. kafkajs opens one for each of several at once, and loses all but the last. */
  async #firstAlone<T>(nodeId: string, fetch: () => Promise<T>): Promise<T> {
    while (!this.#fetching.has(nodeId) && this.#opening !== undefined) await this.#opening
    if (this.#fetching.has(nodeId)) return fetch()
    const first = fetch()
    this.#opening = first.then(
      () => void this.#fetching.add(nodeId),
      () => {}, // whoever asked hears of it
    )
    void this.#opening.then(() => {
      this.#opening = undefined
    })
    return first
  }

  #leaderId({ topic, partition }: Place): string {
    const [nodeId] = Object.keys(this.#cluster.findLeaderForPartitions(topic, [partition]))
    if (nodeId === undefined)
      throw new ForewarnError('FW_LOG_UNAVAILABLE', [this.#name, `${topic} partition ${partition} has no leader`])
    return nodeId
  }

  async #knowing(places: readonly Place[]): Promise<void> {
    const fresh = places.map(({ topic }) => topic).filter((topic) => !this.#known.has(topic))
    if (fresh.length === 0) return
    await this.#cluster.addMultipleTargetTopics(fresh)
    for (const topic of fresh) this.#known.add(topic)
  }

  /** Leaders move and connections break: the cluster is asked again, for a while. */
  async #patiently<T>(work: () => Promise<T>): Promise<T> {
    const giveUpMs = performance.now() + kafkaPatienceMs
    for (;;) {
      try {
        return await work()
      } catch (error) {
        this.#fetching.clear()
        this.#listener({ kind: 'LogReadFailed', message: messageOf(error) })
        const fault = kafkaFault(error, this.#name)
        const unavailable = fault instanceof ForewarnError && fault.code === 'FW_LOG_UNAVAILABLE'
        if (!unavailable || this.#closed || performance.now() > giveUpMs) throw fault
      }
      await sleep(retryEveryMs)
      await this.#reconnect()
    }
  }

  async #reconnect(): Promise<void> {
    try {
      if (!this.#cluster.isConnected()) await this.#cluster.connect()
      await this.#cluster.refreshMetadata()
    } catch {
      // the next try says what is wrong
    }
  }
}
