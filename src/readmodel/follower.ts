/** Follows the log into the read model: rounds of reading, each to the ends that the topics had, in transactions that hold their positions. */
import { createHash } from 'node:crypto'
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import { ZodError } from 'zod'
import type { TopicName } from '../../streams/topics.ts'
import { fetchBytes, readModelChangesKept, readModelSliceMs } from '../limits.ts'
import { firstRecord } from '../log/lastRecord.ts'
import type { Log, LogRecord } from '../log/port.ts'
import { type Place, placesOf } from '../log/recordsOf.ts'
import { Editions, type LogSetting, type ReadSetting } from './editions.ts'
import { renumberWarnings } from './fold/warnings.ts'
import type { Store } from './store.ts'
import { followed, inputs } from './topics.ts'
import { numberIn } from './values.ts'

export type FollowerOptions = {
  /** Opens the log; undefined while there is none. */
  openLog: () => Promise<Log | undefined>
  /** Makes the file anew, for a log that is another one than before. */
  reopen: () => Store
  store: Store
  readSetting: ReadSetting
  /** Milliseconds, for durations. */
  now?: () => number
}

export class Follower {
  #opened: Log | undefined
  readonly #options: FollowerOptions
  readonly #now: () => number
  #store: Store
  #setting: LogSetting | undefined
  #editions: Editions | undefined
  #isKnown = false
  /** Records between the positions and the ends that the round goes to, and those that it had to read in all. */
  behind = 0
  #roundRecords = 0
  /** Why the last round could not go on. */
  stopped: Error | undefined

  constructor(options: FollowerOptions) {
    this.#options = options
    this.#store = options.store
    this.#now = options.now ?? (() => performance.now())
  }

  /** Resolves when something was written to the log, or after `timeoutMs`. */
  async changed(timeoutMs: number): Promise<void> {
    await (this.#opened?.changed(timeoutMs) ?? sleep(timeoutMs))
  }

  async close(): Promise<void> {
    this.#store.close()
    await this.#opened?.close()
  }

  get #log(): Log {
    if (this.#opened === undefined) throw new Error('the log is not open')
    return this.#opened
  }

  get store(): Store {
    return this.#store
  }
  /** Undefined as long as nobody has begun to fold the log. */
  get editions(): Editions | undefined {
    return this.#editions
  }
  /** 0..1: how much of the round at hand is read. */
  get share(): number {
    return this.#roundRecords === 0 ? 1 : 1 - this.behind / this.#roundRecords
  }

  /** Reads everything up to the ends that the topics have now. False where nobody has begun to fold the log. */
  async round(signal?: AbortSignal): Promise<boolean> {
    this.#opened ??= await this.#options.openLog()
    if (this.#opened === undefined) return false
    const ends = await this.#ends()
    // Looked up after the ends: whatever lies before them was folded under an edition that is known then.
    const setting = await this.#options.readSetting(this.#log)
    if (setting === undefined) return false
    if (!this.#isKnown) await this.#recognise()
    this.#adopt(setting)
    this.behind = ends.reduce((sum, { place, end }) => sum + Math.max(0, end - this.#position(place)), 0)
    this.#roundRecords = this.behind
    for (const { place, end } of ends) await this.#readTo(place, end, signal)
    this.behind = 0
    return true
  }

  /** A log is named by its first command. The file of another, or one that is ahead of its log, is of no use. */
  async #recognise(): Promise<void> {
    const first = await firstRecord(this.#log, 'commands', 0)
    const begun = createHash('sha256')
      .update(String(first?.timeMs))
      .update(first?.value ?? '')
      .digest('hex')
    const known = this.#store.meta('begun')
    if ((known !== undefined && known !== begun) || (await this.#isAhead())) {
      this.#store.close()
      this.#store = this.#options.reopen()
    }
    if (this.#store.meta('begun') !== begun) this.#store.write(() => this.#store.setMeta('begun', begun))
    this.#isKnown = true
  }

  async #isAhead(): Promise<boolean> {
    for (const { place, end } of await this.#ends()) if (this.#position(place) > end) return true
    return false
  }

  #adopt(setting: LogSetting): void {
    if (setting.editions === this.#setting?.editions) return
    const editions = new Editions(setting)
    this.#setting = setting
    this.#editions = editions
    const { hash } = editions.profile
    if (this.#store.meta('profile') === hash) return
    this.#store.write(() => {
      renumberWarnings(this.#store, editions)
      this.#store.setMeta('profile', hash)
    })
  }

  async #ends(): Promise<{ place: Place; end: number }[]> {
    const places = placesOf(this.#log, [...followed.keys()])
    return Promise.all(
      places.map(async (place) => ({ place, end: (await this.#log.range(place.topic, place.partition)).end })),
    )
  }

  #position({ topic, partition }: Place): number {
    const row = this.#store.get('SELECT next FROM position WHERE topic = ? AND partition = ?', topic, partition)
    return row === undefined ? 0 : numberIn(row, 'next')
  }

  async #readTo(place: Place, end: number, signal: AbortSignal | undefined): Promise<void> {
    const { topic, partition } = place
    for (let at = this.#position(place); at < end && signal?.aborted !== true; ) {
      const { start } = await this.#log.range(topic, partition)
      const { records, next } = await this.#log.read(topic, partition, Math.max(at, start), fetchBytes)
      const kept = records.filter(({ offset }) => offset < end)
      for (let from = 0; from < kept.length; await nextTurn()) from = this.#fold(place, kept, from)
      const to = Math.min(Math.max(next, at + 1), end)
      if (kept.length === 0 || kept[kept.length - 1].offset + 1 < to) this.#store.write(() => this.#moveTo(place, to))
      this.behind -= to - at
      at = to
    }
  }

  /** One transaction of at most so much time; where it ended. */
  #fold(place: Place, records: readonly LogRecord[], from: number): number {
    const store = this.#store
    let at = from
    store.write(() => {
      at = from
      for (const begun = this.#now(); at < records.length && this.#now() - begun < readModelSliceMs; at++)
        this.#foldOne(place.topic, records[at])
      this.#moveTo(place, records[at - 1].offset + 1)
      store.run('DELETE FROM change WHERE seq <= (SELECT max(seq) FROM change) - ?', readModelChangesKept)
    })
    return at
  }

  #foldOne(topic: TopicName, record: LogRecord): void {
    if (this.#editions === undefined) return
    try {
      followed.get(topic)?.(this.#store, this.#editions, record)
    } catch (error) {
      if (!(error instanceof ZodError || error instanceof SyntaxError)) throw error
      if (inputs.has(topic)) return
      this.#store.run(
        'INSERT INTO unread VALUES (?, ?, 1) ON CONFLICT (topic, reason) DO UPDATE SET count = count + 1',
        ...[topic, error instanceof ZodError ? 'contract' : 'json'],
      )
    }
  }

  #moveTo({ topic, partition }: Place, next: number): void {
    this.#store.run('INSERT OR REPLACE INTO position VALUES (?, ?, ?)', topic, partition, next)
  }
}
