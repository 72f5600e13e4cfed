/**
 * Writes an import: import.begin, records in order of their times, a mark when all up to an instant are in the log, import.end.
 * Ids and times of the commands follow from the import alone, so that two runs of one import into two logs say the same.
 */
import { z } from 'zod'
import type { Command } from '../../../streams/commands.ts'
import { partitionOf } from '../../../streams/partition.ts'
import { type RecordTopic, recordTopics } from '../../../streams/topics.ts'
import { type ImportSource, type OpenImport, sourceHeader } from '../../fold/imports.ts'
import { importBufferBytes, importMarkMs, importMarkRecords } from '../../limits.ts'
import type { Log, NewRecord } from '../../log/port.ts'
import { placesOf, recordsOf } from '../../log/recordsOf.ts'
import { commandId } from './importSource.ts'

/** First offsets of an import by `topic/partition`, kept in a header of its first command. */
const Positions = z.record(z.string(), z.int())
const positionsHeader = 'positions'

export type ImportWriterOptions = {
  log: Log
  /** Of its first command: `import-<name>-0`. */
  id: string
  /** What it is begun with; absent where no files are read. */
  source?: ImportSource
  /** Milliseconds since 1970, for how long ago the last mark was written. */
  now: () => number
  markRecords?: number
  markMs?: number
}

export const actor = 'forewarn ingest'

export class ImportWriter {
  readonly #options: ImportWriterOptions
  /** Records of this import that the log holds from an earlier run, by topic and partition. */
  readonly #held: Map<string, number>
  readonly #buffers = new Map<string, { topic: RecordTopic; partition: number; records: NewRecord[] }>()
  #bufferBytes = 0
  #commands: number
  #throughMs: number
  #sinceMark = 0
  #markedMs: number

  private constructor(
    options: ImportWriterOptions,
    open: { commands: number; throughMs: number; held: Map<string, number> },
  ) {
    this.#options = options
    this.#commands = open.commands
    this.#throughMs = open.throughMs
    this.#held = open.held
    this.#markedMs = options.now()
  }

  /** Begins at the time of the first record. */
  static async begin(options: ImportWriterOptions, firstMs: number): Promise<ImportWriter> {
    const writer = new ImportWriter(options, { commands: 0, throughMs: firstMs, held: new Map() })
    const headers = {
      [positionsHeader]: JSON.stringify(await positionsOf(options.log)),
      ...(options.source === undefined ? {} : { [sourceHeader]: JSON.stringify(options.source) }),
    }
    await writer.#command({ kind: 'import.begin' }, firstMs, headers)
    return writer
  }

  /** Goes on with an import that was cut: what the log holds of it is counted, and passed over when it comes again. */
  static async resume(options: ImportWriterOptions, open: OpenImport): Promise<ImportWriter> {
    const held = await countHeld(options.log, open)
    return new ImportWriter(options, { commands: open.marks + 1, throughMs: open.throughMs, held })
  }

  /** Whether `mark` should be called before the next record. */
  get due(): boolean {
    const { now, markRecords = importMarkRecords, markMs = importMarkMs } = this.#options
    if (this.#sinceMark >= markRecords || this.#bufferBytes >= importBufferBytes) return true
    return this.#sinceMark % 256 === 255 && now() - this.#markedMs >= markMs // looking at a clock costs more than a record
  }

  /** Takes a record with its log time; false for one that the log held already. Records come in order of time. */
  add(topic: RecordTopic, record: NewRecord & { timeMs: number }): boolean {
    const partition = record.key === null ? 0 : partitionOf(record.key, this.#options.log.partitions(topic))
    const place = placeOf(topic, partition)
    const held = this.#held.get(place) ?? 0
    if (held > 0) {
      this.#held.set(place, held - 1)
      return false
    }
    const buffer = this.#buffers.get(place)
    if (buffer === undefined) this.#buffers.set(place, { topic, partition, records: [record] })
    else buffer.records.push(record)
    this.#bufferBytes += record.value.length
    this.#sinceMark++
    return true
  }

  /** Appends what was taken, and says that every record known at or before `throughMs` is in the log. */
  async mark(throughMs: number): Promise<void> {
    await this.#flush()
    this.#sinceMark = 0
    this.#markedMs = this.#options.now()
    if (throughMs <= this.#throughMs) return // says nothing new
    this.#throughMs = throughMs
    await this.#command({ kind: 'import.mark', through: new Date(throughMs).toISOString() }, throughMs)
  }

  /** `lastMs`: time of the last record. */
  async end(lastMs: number): Promise<void> {
    await this.mark(lastMs)
    await this.#command({ kind: 'import.end' }, Math.max(lastMs, this.#throughMs))
  }

  async #flush(): Promise<void> {
    for (const { topic, partition, records } of this.#buffers.values()) {
      if (records.length > 0) await this.#options.log.append(topic, partition, records)
    }
    this.#buffers.clear()
    this.#bufferBytes = 0
  }

  async #command(
    what: { kind: 'import.begin' | 'import.end' } | { kind: 'import.mark'; through: string },
    timeMs: number,
    headers?: NewRecord['headers'],
  ): Promise<void> {
    const command: Command = { id: commandId(this.#options.id, this.#commands++), actor, ...what }
    const value = Buffer.from(JSON.stringify(command))
    await this.#options.log.append('commands', 0, [
      { key: null, value, timeMs, ...(headers === undefined ? {} : { headers }) },
    ])
  }
}

function placeOf(topic: RecordTopic, partition: number): string {
  return `${topic}/${partition}`
}

async function positionsOf(log: Log): Promise<Record<string, number>> {
  const positions: Record<string, number> = {}
  for (const { topic, partition } of placesOf(log, recordTopics))
    positions[placeOf(topic, partition)] = (await log.range(topic, partition)).end
  return positions
}

/** By reading, not by offsets: those may have gaps. */
async function countHeld(log: Log, { headers }: OpenImport): Promise<Map<string, number>> {
  const positions = Positions.parse(JSON.parse(headers?.[positionsHeader] ?? '{}'))
  const held = new Map<string, number>()
  for (const { topic, partition } of placesOf(log, recordTopics)) {
    const place = placeOf(topic, partition)
    let records = 0
    for await (const _ of recordsOf(log, topic, partition, positions[place] ?? 0)) records++
    held.set(place, records)
  }
  return held
}
