/**
 * Admit: a line becomes a record of the log, with the key and the partition that belong to it. A line that the decoder refuses is
 * a record all the same (docs/fold.md rule 22): it becomes a dead letter in the fold, and whoever sent it is told now.
 */

import { factSource, factWordsBase } from '../../models/facts.ts'
import { enterpriseId } from '../../streams/contracts.ts'
import type { Profile } from '../../streams/profile.ts'
import type { RecordTopic } from '../../streams/topics.ts'
import { decoder } from '../enterprise/decode/decode.ts'
import type { LogRecord, NewRecord } from '../log/port.ts'
import { isRefusal, parseObject, type Refusal, unreadableHeader } from '../records.ts'
import type { Entry } from './files/entry.ts'
import { flatText, ownField } from './files/knownAt.ts'
import { type NamedCode, unknownReader } from './unknownCodes.ts'

/**
 * `record` is absent for a line that no log takes (it is larger than `lineBytesMax`). `unknown`: codes that the profile does not
 * know, of a record that is kept all the same.
 */
export type Admitted = {
  record: NewRecord | undefined
  refusal: Refusal | undefined
  unknown: readonly NamedCode[]
  /** Of a good event. */
  source?: number | undefined
}

/** `file`: told in the headers of lines that are refused, beside their number. */
export type Admit = (
  topic: RecordTopic,
  entry: Pick<Entry, 'line' | 'value' | 'fault'>,
  file: string | undefined,
) => Admitted

const idFields = { 'risk-events': 'enterpriseId', 'credit-grades': 'enterpriseId', enterprises: 'id' } as const
const idNames = {
  'risk-events': Buffer.from('"enterpriseId"'),
  'credit-grades': Buffer.from('"enterpriseId"'),
  enterprises: Buffer.from('"id"'),
} as const

/** `flagged`: what is odd about a good record (`flags` of the decoder). */
type Judged = { key: string | null } & ({ refusal: Refusal } | { refusal: undefined; flagged: number })

export function admitter(profile: Profile): Admit {
  const decode = decoder(profile)
  const unknownIn = unknownReader(profile)
  const words = new Int32Array(factWordsBase + profile.file.factColumns.length)
  const decodeBy = {
    'risk-events': (record: LogRecord) => decode.event(record, words, 0),
    'credit-grades': decode.grade,
    enterprises: decode.enterprise,
  } as const

  return (topic, { line, value, fault }, file) => {
    if (fault?.refused === 'FW_RECORD_TOO_LARGE') return { record: undefined, refusal: fault, unknown: [] }
    const judged: Judged = fault === undefined ? judge(topic, value) : { key: null, refusal: fault }
    const { key, refusal } = judged
    if (judged.refusal === undefined)
      return { record: { key, value }, refusal, unknown: unknownIn(value, judged.flagged), source: sourceIn(topic) }
    const record = file === undefined ? { key, value } : { key, value, headers: placeOf(file, line, fault) }
    return { record, refusal, unknown: [] }
  }

  /** Of the event that was decoded last. */
  function sourceIn(topic: RecordTopic): number | undefined {
    return topic === 'risk-events' ? factSource(words[3]) : undefined
  }

  /** One parse, by the decoder itself: the key is guessed from the bytes, and the decoder says the right one if it was wrong. */
  function judge(topic: RecordTopic, value: Buffer): Judged {
    const first = verdict(topic, flatText(value, idNames[topic]) ?? null, value)
    if (first.refusal === undefined) return first
    if (first.refusal.refused === 'FW_MISROUTED') return verdict(topic, first.refusal.detail, value)
    const isJson = first.refusal.refused !== 'FW_RECORD_NOT_JSON' // else it has no id to look for
    return { key: isJson ? ownId(topic, value) : null, refusal: first.refusal }
  }

  function verdict(topic: RecordTopic, key: string | null, value: Buffer): Judged {
    const record: LogRecord = { offset: 0, timeMs: 0, key, value, headers: null }
    const decoded = decodeBy[topic](record)
    return isRefusal(decoded) ? { key, refusal: decoded } : { key, refusal: undefined, flagged: decoded.flags }
  }
}

/** Where a line stands in a file, and why it could not be read: its bytes alone would not say it again. */
function placeOf(file: string, line: number, fault: Refusal | undefined): Record<string, string> {
  const place = { file, line: String(line) }
  return fault?.refused === 'FW_RECORD_UNREADABLE' ? { ...place, [unreadableHeader]: fault.detail } : place
}

/** The enterprise id in a refused record, when it has one that a key may be. */
export function ownId(topic: RecordTopic, value: Uint8Array): string | null {
  const parsed = parseObject(value)
  if ('refused' in parsed) return null
  const id = ownField(parsed.json, idFields[topic])
  return enterpriseId.validate(id) ? id : null
}
