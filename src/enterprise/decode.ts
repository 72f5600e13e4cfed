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
} from '../../models/facts.ts'
import { CreditGrade, Enterprise, placePrefix, RiskEvent } from '../../streams/contracts.ts'
import { IdHasher } from '../../streams/hash.ts'
import { partitionOf } from '../../streams/partition.ts'
import { otherSource, type Profile } from '../../streams/profile.ts'
import { unknownIndex } from '../../streams/tree.ts'
import { usccValid } from '../../streams/uscc.ts'
import type { LogRecord } from '../log/port.ts'
import { invalid, parseObject, type Refusal } from '../records.ts'

/** What is odd about a record that is kept all the same; counted. */
export const flags = { checkDigit: 1, unknownRegion: 2, unknownIndustry: 4, unknownSource: 8 } as const

/** A decoded event. Its fact, without tick and freshness, lies at `at` of the words into which it was decoded. */
export type DecodedEvent = {
  enterpriseId: string
  occurredMs: number
  type: number
  source: number
  words: Int32Array
  at: number
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

export function decoder(
  profile: Profile,
  { partition, partitions }: Partition = { partition: 0, partitions: 1 },
): Decoder {
  const { idPattern, regions, industries, typeIndex, types, sourceIndex, gradeIndex, file } = profile
  const checksDigit = file.enterpriseId.check === 'uscc'
  const columns = file.factColumns
  const hasher = new IdHasher()

  return { event, grade, enterprise }

  function event(record: LogRecord, words: Int32Array, at: number): DecodedEvent | Refusal {
    const parsed = parseObject(record.value)
    if ('refused' in parsed) return parsed
    const checked = parsers.event.safeParse(parsed.json)
    if (!checked.success) return invalid(checked.error)
    const it = checked.data
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
    const region = it.region === undefined ? 0 : regions.find(it.region)
    const industry = it.industry === undefined ? 0 : industries.find(it.industry)
    const source = it.source === undefined ? otherSource : (sourceIndex.get(it.source) ?? otherSource)
    hasher.of(it.id)
    words[at] = hasher.high
    words[at + 1] = hasher.low
    words[at + 2] = packWord2(hour, type, it.severity ?? types[type].severity)
    words[at + 3] = packWord3(source, region)
    words[at + 4] = packWord4(it.amount === undefined ? 0 : logAmountHundredths(it.amount), region, industry)
    for (let column = 0; column < columns.length; column++)
      words[at + factWordsBase + column] = columnBits(it.attributes, columns[column])
    return {
      enterpriseId: it.enterpriseId,
      occurredMs,
      type,
      source,
      words,
      at,
      retracts: it.retracts === undefined ? undefined : hashOf(it.retracts),
      flags:
        (isPlace ? placeFlag(it.enterpriseId) : digitFlag(it.enterpriseId)) |
        (region === unknownIndex ? flags.unknownRegion : 0) |
        (industry === unknownIndex ? flags.unknownIndustry : 0) |
        (it.source !== undefined && !sourceIndex.has(it.source) ? flags.unknownSource : 0),
    }
  }

  function grade(record: LogRecord): DecodedGrade | Refusal {
    const parsed = parseObject(record.value)
    if ('refused' in parsed) return parsed
    const checked = parsers.grade.safeParse(parsed.json)
    if (!checked.success) return invalid(checked.error)
    const it = checked.data
    const misfit = addressMisfit(it.enterpriseId, record.key, false)
    if (misfit) return misfit
    const index = it.grade === 'none' ? undefined : gradeIndex.get(it.grade)
    if (index === undefined) return { refused: 'FW_GRADE_UNKNOWN', detail: it.grade }
    const effectiveHour = Math.max(0, Math.min(packedHourMax, hourOf(instantMs(it.effectiveAt))))
    return { enterpriseId: it.enterpriseId, grade: index, effectiveHour, flags: digitFlag(it.enterpriseId) }
  }

  function enterprise(record: LogRecord): DecodedEnterprise | Refusal {
    const parsed = parseObject(record.value)
    if ('refused' in parsed) return parsed
    const checked = parsers.enterprise.safeParse(parsed.json)
    if (!checked.success) return invalid(checked.error)
    const it = checked.data
    const misfit = addressMisfit(it.id, record.key, false)
    if (misfit) return misfit
    const region = regions.find(it.region)
    const industry = industries.find(it.industry)
    return {
      enterpriseId: it.id,
      place: packPlace(region, industry),
      closed: it.status === 'closed',
      flags:
        digitFlag(it.id) |
        (region === unknownIndex ? flags.unknownRegion : 0) |
        (industry === unknownIndex ? flags.unknownIndustry : 0),
    }
  }

  function addressMisfit(id: string, key: string | null, isPlace: boolean): Refusal | undefined {
    if (!isPlace && !idPattern.test(id)) return { refused: 'FW_ENTERPRISE_ID', detail: id }
    if (key !== id || (partitions > 1 && partitionOf(id, partitions) !== partition))
      return { refused: 'FW_MISROUTED', detail: id }
    return undefined
  }

  function placeFlag(id: string): number {
    return regions.find(id.slice(placePrefix.length)) === unknownIndex ? flags.unknownRegion : 0
  }

  function digitFlag(id: string): number {
    return checksDigit && !usccValid(id) ? flags.checkDigit : 0
  }

  function hashOf(id: string): { high: number; low: number } {
    hasher.of(id)
    return { high: hasher.high | 0, low: hasher.low | 0 }
  }
}

function columnBits(attributes: RiskEvent['attributes'], column: string): number {
  const value = attributes !== undefined && Object.hasOwn(attributes, column) ? attributes[column] : undefined
  float[0] = typeof value === 'number' ? value : Number.NaN
  return floatBits[0]
}

/** Milliseconds of an ISO instant that the contract has already admitted. The usual form, 24 characters with Z, is read by hand: Date.parse takes ten times as long. */
export function instantMs(text: string): number {
  if (text.length !== 24 || text.charCodeAt(23) !== 90) return Date.parse(text)
  const year = digits(text, 0, 4)
  const month = digits(text, 5, 7)
  const days = daysSince1970(year, month, digits(text, 8, 10))
  return (
    ((days * 24 + digits(text, 11, 13)) * 60 + digits(text, 14, 16)) * 60_000 +
    digits(text, 17, 19) * 1_000 +
    digits(text, 20, 23)
  )
}

function digits(text: string, from: number, to: number): number {
  let value = 0
  for (let at = from; at < to; at++) value = value * 10 + text.charCodeAt(at) - 48
  return value
}

/** Days from 1970-01-01 to a date of the Gregorian calendar (negative before it). */
function daysSince1970(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yearOfEra = y - era * 400
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1
  return era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468
}
