/**
 * Live changes (server-sent events). Every change has its number, and the last 20,000 are kept: a page that was away names the last one
 * that it has seen, and is told those since. A page that is too slow is told to ask again.
 */
import type { ServerResponse } from 'node:http'
import { ForewarnError } from '../errors.ts'
import { KiB, sseClientsMax, sseEveryMs, sseQueueMax } from '../limits.ts'
import type { Follower } from '../readmodel/follower.ts'
import { whenOf } from '../readmodel/query/ask.ts'
import { oneWarning } from '../readmodel/query/warnings.ts'
import { numberIn, textIn } from '../readmodel/values.ts'
import { modelOf } from './answers.ts'
import type { StreamEvent } from './contracts.ts'
import { positionOf, type Watch } from './watch.ts'

type Topic = Exclude<StreamEvent['event'], 'reset'>
type Client = { response: ServerResponse; topics: ReadonlySet<string> }

export class Stream {
  readonly #clients = new Set<Client>()
  readonly #follower: Follower
  readonly #watch: Watch
  readonly #beat: NodeJS.Timeout
  /** What all clients were told. */
  #told: { epoch: string; seq: number }
  #status = ''

  constructor(watch: Watch) {
    this.#watch = watch
    this.#follower = watch.follower
    this.#told = { epoch: this.#follower.store.epoch, seq: this.#lastSeq() }
    this.#beat = setInterval(() => this.#each((client) => client.response.write(': here\n\n')), sseEveryMs)
    this.#beat.unref()
  }

  get clients(): number {
    return this.#clients.size
  }

  /** Begins a stream behind `lastId`, the last event that was seen. @throws ForewarnError FW_STREAMS_FULL. */
  open(response: ServerResponse, topics: ReadonlySet<string>, lastId: string | undefined): void {
    if (this.#clients.size >= sseClientsMax) throw new ForewarnError('FW_STREAMS_FULL', [sseClientsMax])
    const client = { response, topics }
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    })
    response.flushHeaders()
    this.tell()
    this.#clients.add(client)
    response.on('close', () => this.#clients.delete(client))
    this.#catchUp(client, lastId)
    this.#send(client, { event: 'status', id: positionOf(this.#follower), data: this.#watch.status() })
  }

  /** Tells everybody what has changed since the last call. */
  tell(): void {
    const { epoch } = this.#follower.store
    if (epoch !== this.#told.epoch) this.#each((client) => this.#reset(client))
    else for (const event of this.#since(this.#told.seq)) this.#sendAll(event)
    this.#told = { epoch, seq: this.#lastSeq() }
  }

  /** Tells how far things are, if that is another state than before. */
  tellStatus(): void {
    const status = this.#watch.status()
    const { now, throughMovedAt, ...said } = status
    const text = JSON.stringify(said)
    if (text === this.#status) return
    this.#status = text
    this.#sendAll({ event: 'status', id: status.position, data: status })
  }

  close(): void {
    clearInterval(this.#beat)
    this.#each((client) => client.response.end())
  }

  #catchUp(client: Client, lastId: string | undefined): void {
    const [epoch, seq] = lastId?.split('-') ?? []
    if (lastId === undefined) return
    const from = Number(seq)
    if (
      epoch !== this.#follower.store.epoch ||
      !/^\d{1,15}$/.test(seq ?? '') ||
      from < this.#firstSeq() - 1 ||
      from > this.#told.seq
    )
      this.#reset(client)
    else for (const event of this.#since(from)) this.#send(client, event)
  }

  /** Of several changes of one thing the last: an event has what holds now. */
  #since(seq: number): StreamEvent[] {
    const { store } = this.#follower
    const rows = store.all(
      'SELECT max(seq) AS seq, kind, of FROM change WHERE seq > ? GROUP BY kind, of ORDER BY max(seq)',
      seq,
    )
    return rows.map((row) => {
      const [kind, of, at] = [textIn(row, 'kind'), textIn(row, 'of'), numberIn(row, 'seq')]
      const topic: Topic = kind === 'tick' ? 'tick' : kind === 'warning' ? 'warning' : 'source'
      return { event: topic, id: `${store.epoch}-${at}`, data: topic === 'warning' ? this.#warning(of, at) : { of } }
    })
  }

  #warning(id: string, seq: number): StreamEvent['data'] {
    const model = modelOf(this.#follower)
    return { id, seq, row: oneWarning(model, id, whenOf(model, undefined)) }
  }

  #sendAll(told: StreamEvent): void {
    const text = textOf(told)
    this.#each((client) => this.#send(client, told, text))
  }

  #send(client: Client, told: StreamEvent, text = textOf(told)): void {
    if (told.event !== 'reset' && !client.topics.has(told.event)) return
    if (client.response.writableLength > sseQueueMax * KiB) this.#drop(client)
    else client.response.write(text)
  }

  #reset(client: Client): void {
    this.#send(client, { event: 'reset', id: positionOf(this.#follower), data: {} })
  }

  /** Whoever does not read is let go: it comes back with the last event that it has seen. */
  #drop(client: Client): void {
    this.#clients.delete(client)
    client.response.destroy()
  }

  #each(work: (client: Client) => void): void {
    for (const client of [...this.#clients]) work(client)
  }

  #firstSeq(): number {
    return numberIn(this.#follower.store.get('SELECT coalesce(min(seq), 1) AS seq FROM change') ?? {}, 'seq')
  }

  #lastSeq(): number {
    return numberIn(this.#follower.store.get('SELECT coalesce(max(seq), 0) AS seq FROM change') ?? {}, 'seq')
  }
}

const textOf = ({ event, id, data }: StreamEvent): string =>
  `id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`
