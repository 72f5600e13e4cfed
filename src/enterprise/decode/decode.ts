/**
 * Decode: bytes -> a record in the fold's own terms (indices, hours, packed words), or the reason why not. What depends on time
 * (too old, in the future) is decided later, by the beat.
 */
import { z } from 'zod'
import {
  factWordsBase,
  hourOf,
  logAmountHundredths,
  packedHourMax,
  packWord2,
  packWord3,
  packWord4,
} from '../../../models/facts.ts'
import { CreditGrade, Enterprise, placePrefix, RiskEvent } from '../../../streams/contracts.ts'
import { IdHasher } from '../../../streams/hash.ts'
import { partitionOf } from '../../../streams/partition.ts'
import { otherSource, type Profile } from '../../../streams/profile.ts'
import { unknownIndex } from '../../../streams/tree.ts'
import { usccValid } from '../../../streams/uscc.ts'
import type { LogRecord } from '../../log/port.ts'
import { checked, isRefusal, objectIn, type Refusal } from '../../records.ts'
import { instantMs } from './instants.ts'

/** What is odd about a record that is kept all the same; counted. */
export const flags = {
  checkDigit: 1,
  unknownRegion: 2,
  unknownIndustry: 4,
  unknownSource: 8,
  unknownStatus: 16,
} as const

/** A decoded event, beside the words of its fact, which tick and freshness still miss. */
export type DecodedEvent = {
  enterpriseId: string
  occurredMs: number
  /** Hash of the event that it takes back. */
  retracts: { high: number; low: number } | undefined
  flags: number
}
export type DecodedGrade = { enterpriseId: string; grade: number; effectiveHour: number; flags: number }
export type DecodedEnterprise = { enterpriseId: string; place: number; closed: boolean; flags: number }

export type Decoder = {
  /** Writes the event's fact to `words` at `at`. */
  event(record: LogRecord, words: Int32Array, at: number): DecodedEvent | Refusal
  grade(record: LogRecord): DecodedGrade | Refusal
  enterprise(record: LogRecord): DecodedEnterprise | Refusal
}

export const packPlace = (region: number, industry: number): number => (region << 16) | industry

const parsers = { event: z.compile(RiskEvent), grade: z.compile(CreditGrade), enterprise: z.compile(Enterprise) }
const float = new Float32Array(1)
const floatBits = new Int32Array(float.buffer)

/** Which partition a decoder reads, and of how many: a record that lies elsewhere than its key says is misrouted. */
export type Partition = { partition: number; partitions: number }

export function decoder(profile: Profile, partition?: Partition): Decoder {
  const { regions, industries, typeIndex, types, sourceIndex, gradeIndex, statusOf, file } = profile
  const { misfit: addressMisfit, digitFlag } = addressCheck(profile, partition)
  const columns = file.factColumns
  const hasher = new IdHasher()

  return { event, grade, enterprise }

  function event(record: LogRecord, words: Int32Array, at: number): DecodedEvent | Refusal {
    const it = checked(objectIn(record), parsers.event)
    if (isRefusal(it)) return it
    const isPlace = it.enterpriseId.startsWith(placePrefix)
    const misfit = addressMisfit(it.enterpriseId, record.key, isPlace)
    if (misfit) return misfit
    const type = typeIndex.get(it.type)
    if (type === undefined) return { refused: 'FW_EVENT_UNKNOWN_TYPE', detail: it.type }
    const occurredMs = instantMs(it.occurredAt)
    const hour = hourOf(occurredMs)
    if (hour < 0) return { refused: 'FW_EVENT_TOO_OLD', detail: it.occurredAt }
    if (hour > packedHourMax) return { refused: 'FW_EVENT_FUTURE', detail: it.occurredAt }
    if (it.retracts === it.id)
      return { refused: 'FW_RECORD_INVALID', detail: 'retracts: an event cannot take itself back' }
    const region = it.region === undefined ? 0 : regions.read(it.region)
    const industry = it.industry === undefined ? 0 : industries.read(it.industry)
    const source = it.source === undefined ? otherSource : (sourceIndex.get(it.source) ?? otherSource)
    hasher.of(it.id)
    writeFact(words, at, {
      high: hasher.high,
      low: hasher.low,
      hour,
      type,
      severity: it.severity ?? types[type].severity,
      source,
      amount: it.amount ?? 0,
      region,
      industry,
    })
    for (let column = 0; column < columns.length; column++)
      words[at + factWordsBase + column] = columnBits(attributeOf(it.attributes, columns[column]))
    return {
      enterpriseId: it.enterpriseId,
      occurredMs,
      retracts: it.retracts === undefined ? undefined : hashOf(it.retracts),
      flags:
        (isPlace ? placeFlag(it.enterpriseId) : digitFlag(it.enterpriseId)) |
        (region === unknownIndex ? flags.unknownRegion : 0) |
        (industry === unknownIndex ? flags.unknownIndustry : 0) |
        (it.source !== undefined && !sourceIndex.has(it.source) ? flags.unknownSource : 0),
    }
  }

  function grade(record: LogRecord): DecodedGrade | Refusal {
    const it = checked(objectIn(record), parsers.grade)
    if (isRefusal(it)) return it
    const misfit = addressMisfit(it.enterpriseId, record.key, false)
    if (misfit) return misfit
    const index = it.grade === 'none' ? undefined : gradeIndex.get(it.grade)
    if (index === undefined) return { refused: 'FW_GRADE_UNKNOWN', detail: it.grade }
    const effectiveHour = Math.max(0, Math.min(packedHourMax, hourOf(instantMs(it.effectiveAt))))
    return { enterpriseId: it.enterpriseId, grade: index, effectiveHour, flags: digitFlag(it.enterpriseId) }
  }

  function enterprise(record: LogRecord): DecodedEnterprise | Refusal {
    const it = checked(objectIn(record), parsers.enterprise)
    if (isRefusal(it)) return it
    const misfit = addressMisfit(it.id, record.key, false)
    if (misfit) return misfit
    const region = regions.read(it.region)
    const industry = industries.read(it.industry)
    const status = it.status === undefined || it.status === '' ? 'active' : statusOf(it.status)
    return {
      enterpriseId: it.id,
      place: packPlace(region, industry),
      closed: status === 'closed',
      flags:
        digitFlag(it.id) |
        (region === unknownIndex ? flags.unknownRegion : 0) |
        (industry === unknownIndex ? flags.unknownIndustry : 0) |
        (status === undefined ? flags.unknownStatus : 0),
    }
  }

  function placeFlag(id: string): number {
    return regions.read(id.slice(placePrefix.length)) === unknownIndex ? flags.unknownRegion : 0
  }

  function hashOf(id: string): { high: number; low: number } {
    hasher.of(id)
    return { high: hasher.high | 0, low: hasher.low | 0 }
  }
}

/** Whether an id has the form of the profile and its record lies where its key says; and the flag of an id that fails its check digit. */
export function addressCheck(
  { idPattern, file }: Profile,
  { partition, partitions }: Partition = { partition: 0, partitions: 1 },
): {
  misfit(id: string, key: string | null, isPlace: boolean): Refusal | undefined
  digitFlag(id: string): number
} {
  const checksDigit = file.enterpriseId.check === 'uscc'
  return {
    misfit(id, key, isPlace) {
      if (!isPlace && !idPattern.test(id)) return { refused: 'FW_ENTERPRISE_ID', detail: id }
      if (key !== id || (partitions > 1 && partitionOf(id, partitions) !== partition))
        return { refused: 'FW_MISROUTED', detail: id }
      return undefined
    },
    digitFlag: (id) => (checksDigit && !usccValid(id) ? flags.checkDigit : 0),
  }
}

/** What of an event becomes its fact; place 0 where it named none. */
export type FactFields = {
  high: number
  low: number
  hour: number
  type: number
  severity: number
  source: number
  amount: number
  region: number
  industry: number
}

/** Writes the words of a fact, but for tick, freshness and declared columns. */
export function writeFact(words: Int32Array, at: number, fact: FactFields): void {
  const { high, low, hour, type, severity, source, amount, region, industry } = fact
  words[at] = high
  words[at + 1] = low
  words[at + 2] = packWord2(hour, type, severity)
  words[at + 3] = packWord3(source, region)
  words[at + 4] = packWord4(amount === 0 ? 0 : logAmountHundredths(amount), region, industry)
}

function attributeOf(attributes: object | undefined, column: string): unknown {
  return attributes !== undefined && Object.hasOwn(attributes, column) ? Reflect.get(attributes, column) : undefined
}

/** A declared column: the bits of a number as float32; what is no number is NaN. */
export function columnBits(value: unknown): number {
  float[0] = typeof value === 'number' ? value : Number.NaN
  return floatBits[0]
}
export const noColumnBits = columnBits(undefined)
