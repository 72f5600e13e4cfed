/** The one way in for live records, from the server and from `ingest` alike: judge, append, answer after the commit. */
import { partitionOf } from '../../streams/partition.ts'
import type { Profile, ProfileInForce } from '../../streams/profile.ts'
import type { RecordTopic } from '../../streams/topics.ts'
import { type ErrorCode, errorCodes } from '../errors.ts'
import { ImportState } from '../fold/imports.ts'
import { refusedDetailMax, refusedListedMax } from '../limits.ts'
import type { Log, NewRecord } from '../log/port.ts'
import { type Admit, admitter } from './admit.ts'
import type { Entry } from './files/entry.ts'
import { addUnknown, type UnknownCodes, unknownAt } from './unknownCodes.ts'

export type RefusedLine = { line: number; code: ErrorCode; detail: string; file?: string }

/** What became of lines: how many are good, the first refused ones, and how many were refused by code. */
export type Answer = {
  accepted: number
  refused: RefusedLine[]
  counts: Partial<Record<ErrorCode, number>>
  /** Codes that the profile does not know, in records that are kept; absent when there are none. */
  unknown?: UnknownCodes | undefined
}

/** What the log holds of a body: its first `lines` lines, and what became of them. */
export type Taken = Answer & { lines: number }

export class Intake {
  readonly #log: Log
  readonly #of: ProfileInForce
  #profile: Profile
  #admit: Admit
  readonly #imports: ImportState

  constructor(log: Log, of: ProfileInForce) {
    this.#log = log
    this.#of = of
    this.#profile = of.profile
    this.#admit = admitter(this.#profile)
    this.#imports = new ImportState(log)
  }

  /** @throws ForewarnError FW_IMPORT_OPEN. */
  checkNoImport(): Promise<void> {
    return this.#imports.checkClosed()
  }

  /** On disk when the promise resolves. `file` goes into the headers of refused lines. @throws ForewarnError FW_IMPORT_OPEN, FW_LOG_FULL. */
  async take(topic: RecordTopic, entries: readonly Entry[], file?: string): Promise<Answer> {
    await this.checkNoImport()
    if (this.#of.profile !== this.#profile) {
      this.#profile = this.#of.profile
      this.#admit = admitter(this.#profile)
    }
    const answer = nothingTaken()
    const byPartition = new Map<number, NewRecord[]>()
    for (const entry of entries) {
      const { record, refusal, unknown } = this.#admit(topic, entry, file)
      if (unknown.length > 0) addUnknown(answer, unknownAt(unknown, entry.line, file))
      if (refusal === undefined) answer.accepted++
      else
        refuse(answer, {
          line: entry.line,
          code: refusal.refused,
          detail: refusal.detail,
          ...(file === undefined ? {} : { file }),
        })
      if (record === undefined) continue
      const partition = record.key === null ? 0 : partitionOf(record.key, this.#log.partitions(topic))
      const records = byPartition.get(partition)
      if (records === undefined) byPartition.set(partition, [record])
      else records.push(record)
    }
    for (const [partition, records] of byPartition) await this.#log.append(topic, partition, records)
    return answer
  }
}

export function nothingTaken(): Answer {
  return { accepted: 0, refused: [], counts: {} }
}

/** Counts a refused line, and lists it while there is room. */
export function refuse(answer: Answer, line: RefusedLine): void {
  answer.counts[line.code] = (answer.counts[line.code] ?? 0) + 1
  if (answer.refused.length < refusedListedMax) answer.refused.push({ ...line, detail: beginning(line.detail) })
}

/** Adds what became of further lines; lines beyond those listed are in its counts only. */
export function addAnswer(sum: Answer, { accepted, refused, counts, unknown }: Answer): void {
  sum.accepted += accepted
  if (unknown !== undefined) addUnknown(sum, unknown)
  sum.refused.push(...refused.slice(0, refusedListedMax - sum.refused.length))
  for (const code of errorCodes) {
    const count = counts[code]
    if (count !== undefined) sum.counts[code] = (sum.counts[code] ?? 0) + count
  }
}

/** A copy: the engine would keep the whole of a long text for a piece of it. */
function beginning(detail: string): string {
  return detail.length <= refusedDetailMax ? detail : Buffer.from(detail.slice(0, refusedDetailMax)).toString()
}
