/** Sends dead letters back to the inputs from which they came, once their cause is mended. The letters stay where they are. */
import { partitionOf } from '../../streams/partition.ts'
import { type FoldedTopic, foldedTopics, isRecordTopic } from '../../streams/topics.ts'
import type { ErrorCode } from '../errors.ts'
import { ImportState } from '../fold/imports.ts'
import { importBufferBytes } from '../limits.ts'
import type { Log, LogRecord, NewRecord } from '../log/port.ts'
import { letterHeaders } from '../records.ts'
import { ownId } from './admit.ts'
import { redrivenHeader, redrivenSince } from './redriven.ts'

/** Of these the same bytes stay dead, whatever is mended. */
const hopeless: Partial<Record<ErrorCode, string>> = {
  FW_RECORD_NOT_JSON: 'their bytes are no record',
  FW_RECORD_TOO_LARGE: 'they stay as large as they are',
  FW_RECORD_INVALID: 'their fields break the contract',
  FW_RECORD_UNREADABLE: 'their lines cannot be read as records',
  FW_EVENT_TOO_OLD: 'events only grow older',
  FW_EVENT_CONFLICT: 'their ids are taken',
  FW_ROW_FULL: 'newer facts have their places',
}
const noPlace = 'they do not say from which input they came'
const cut = 'they hold the beginning of their record alone'

/** A dead letter, and the partition of the dead letters in which it lies. */
export type Letter = { partition: number; record: LogRecord; code: ErrorCode | undefined }
export type RedriveOptions = {
  log: Log
  /** In order of log time. */
  letters: AsyncIterable<Letter>
  limit: number
  /** Otherwise nothing is written. */
  send: boolean
  /** Also letters that were sent back before. */
  again: boolean
  /** Also letters that stay dead. */
  any: boolean
}
/** How many letters are sent back by the input they go to, were sent back before, and are refused by why. */
export type RedriveSummary = { sent: Record<string, number>; before: number; refused: Record<string, number> }

type Target = { topic: FoldedTopic; partition: number; record: NewRecord }
const batchRecords = 1_000

/** @throws ForewarnError FW_IMPORT_OPEN while an import is open; FW_LOG_FULL and what else the log says. */
export async function redrive({ log, letters, limit, send, again, any }: RedriveOptions): Promise<RedriveSummary> {
  await new ImportState(log).checkClosed()
  const summary: RedriveSummary = { sent: {}, before: 0, refused: {} }
  const batch = new Batch(log)
  let before: Set<string> | undefined
  let left = limit
  for await (const letter of letters) {
    if (left === 0) break
    before ??= again ? new Set() : await redrivenSince(log, letter.record.timeMs)
    const target = targetOf(log, letter)
    const why = any || letter.code === undefined ? undefined : hopeless[letter.code]
    if (target === undefined) add(summary.refused, noPlace)
    else if (letter.record.headers?.['original-bytes'] !== undefined) add(summary.refused, cut)
    else if (why !== undefined) add(summary.refused, why)
    else if (before.has(placeOf(letter))) summary.before++
    else {
      add(summary.sent, target.topic)
      left--
      if (send) await batch.add(target)
    }
  }
  await batch.flush()
  return summary
}

const placeOf = ({ partition, record }: Letter): string => `${partition}/${record.offset}`

/** Where a letter goes, as it was before it died; under the right key when the key was the cause. Its log time is that of the redrive. */
function targetOf(log: Log, letter: Letter): Target | undefined {
  const { headers, key, value } = letter.record
  const topic = foldedTopics.find((input) => input === headers?.topic)
  if (topic === undefined) return undefined
  const rightKey = letter.code === 'FW_MISROUTED' && isRecordTopic(topic) ? (ownId(topic, value) ?? key) : key
  const own = Object.entries(headers ?? {}).filter(([name]) => !letterHeaders.some((added) => added === name))
  return {
    topic,
    partition: rightKey === null || !isRecordTopic(topic) ? 0 : partitionOf(rightKey, log.partitions(topic)),
    record: { key: rightKey, value, headers: { ...Object.fromEntries(own), [redrivenHeader]: placeOf(letter) } },
  }
}

function add(counts: Record<string, number>, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1
}

/** Records gathered by partition, so that an append takes many. */
class Batch {
  readonly #log: Log
  #targets: Target[] = []
  #bytes = 0

  constructor(log: Log) {
    this.#log = log
  }

  async add(target: Target): Promise<void> {
    this.#targets.push(target)
    this.#bytes += target.record.value.length
    if (this.#targets.length >= batchRecords || this.#bytes >= importBufferBytes) await this.flush()
  }

  async flush(): Promise<void> {
    const places = Map.groupBy(this.#targets, ({ topic, partition }) => `${topic}/${partition}`)
    for (const targets of places.values()) {
      const [{ topic, partition }] = targets
      await this.#log.append(
        topic,
        partition,
        targets.map(({ record }) => record),
      )
    }
    this.#targets = []
    this.#bytes = 0
  }
}
