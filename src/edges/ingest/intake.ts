/** The one way in for live records, from the server and from `ingest` alike: judge, append, answer after the commit. */
import { partitionOf } from '../../../streams/partition.ts'
import type { Profile } from '../../../streams/profile.ts'
import type { RecordTopic } from '../../../streams/topics.ts'
import type { ErrorCode } from '../../errors.ts'
import { ImportState } from '../../fold/imports.ts'
import { refusedListedMax } from '../../limits.ts'
import type { Log, NewRecord } from '../../log/port.ts'
import { type Admit, admitter } from './admit.ts'
import type { Entry } from './entry.ts'

export type RefusedLine = { line: number; code: ErrorCode; detail: string; file?: string }

/** What became of lines: how many are good, the first refused ones, and how many were refused by code. */
export type Answer = { accepted: number; refused: RefusedLine[]; counts: Partial<Record<ErrorCode, number>> }

/** Lines judged, and the records that they become, by partition. */
export type Gathered = { answer: Answer; byPartition: Map<number, NewRecord[]> }

export class Intake {
  readonly #log: Log
  readonly #admit: Admit
  readonly #imports: ImportState

  constructor(log: Log, profile: Profile) {
    this.#log = log
    this.#admit = admitter(profile)
    this.#imports = new ImportState(log)
  }

  /** @throws ForewarnError FW_IMPORT_OPEN. */
  checkNoImport(): Promise<void> {
    return this.#imports.checkClosed()
  }

  /** Judges lines, into what was gathered before. `file` goes into the headers of refused ones. */
  gather(topic: RecordTopic, entries: readonly Entry[], gathered: Gathered, file?: string): void {
    for (const entry of entries) {
      const { record, refusal } = this.#admit(topic, entry, file)
      if (refusal === undefined) gathered.answer.accepted++
      else
        refuse(gathered.answer, {
          line: entry.line,
          code: refusal.refused,
          detail: refusal.detail,
          ...(file === undefined ? {} : { file }),
        })
      if (record === undefined) continue
      const partition = record.key === null ? 0 : partitionOf(record.key, this.#log.partitions(topic))
      const records = gathered.byPartition.get(partition)
      if (records === undefined) gathered.byPartition.set(partition, [record])
      else records.push(record)
    }
  }

  /** On disk when the promise resolves. @throws ForewarnError FW_LOG_FULL. */
  async append(topic: RecordTopic, { byPartition }: Gathered): Promise<void> {
    for (const [partition, records] of byPartition) await this.#log.append(topic, partition, records)
  }
}

export function nothingGathered(): Gathered {
  return { answer: { accepted: 0, refused: [], counts: {} }, byPartition: new Map() }
}

/** Counts a refused line, and lists it while there is room. */
export function refuse(answer: Answer, line: RefusedLine): void {
  answer.counts[line.code] = (answer.counts[line.code] ?? 0) + 1
  if (answer.refused.length < refusedListedMax) answer.refused.push(line)
}
