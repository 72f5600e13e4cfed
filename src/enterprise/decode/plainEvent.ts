/**
 * The short way to decode an event: most records are objects of plain text, known codes and the usual form of time, about
 * which there is nothing to say. They are read off their bytes. All others are left to the decoder, which parses, checks against
 * the contract and says what is wrong: this here accepts only what the decoder accepts, and then says the same.
 */
import { factWordsBase, hourOf, packedHourMax } from '../../../models/facts.ts'
import { attributeNameMax, attributesMax, attributeTextMax, placePrefix } from '../../../streams/contracts.ts'
import { IdHasher } from '../../../streams/hash.ts'
import { otherSource, type Profile } from '../../../streams/profile.ts'
import { type CodeTree, unknownIndex } from '../../../streams/tree.ts'
import { recordParseBytesMax } from '../../limits.ts'
import type { LogRecord } from '../../log/port.ts'
import { CodeIndex } from './codeIndex.ts'
import { addressCheck, columnBits, flags, noColumnBits, type Partition, writeFact } from './decode.ts'
import type { EventColumns } from './eventColumns.ts'
import { instantAt } from './instants.ts'
import { PlainObject } from './plainObject.ts'

const fields = [
  'id',
  'enterpriseId',
  'type',
  'occurredAt',
  'severity',
  'amount',
  'source',
  'region',
  'industry',
  'retracts',
  'attributes',
] as const
const [id, enterpriseId, type, occurredAt, severity, amount, source, region, industry, retracts, attributes] =
  fields.keys()

/** Decodes a record to the next place of the columns; gives its enterprise id, or undefined when the decoder has to look at it. */
export type PlainEvents = (record: LogRecord, columns: EventColumns) => string | undefined

export function plainEvents(profile: Profile, partition?: Partition): PlainEvents {
  const { types, file } = profile
  const typeOf = new CodeIndex(profile.typeIndex)
  const sourceOf = new CodeIndex(profile.sourceIndex)
  const regionOf = placesOf(profile.regions)
  const industryOf = placesOf(profile.industries)
  const { misfit, digitFlag } = addressCheck(profile, partition)
  const own = new PlainObject(file.factColumns)
  const it = new PlainObject(fields, {
    field: attributes,
    object: own,
    entriesMax: attributesMax,
    nameMax: attributeNameMax,
    textMax: attributeTextMax,
  })
  const { from, to } = it
  const hasher = new IdHasher()

  return ({ value, key }, columns) => {
    if (key === null || value.length > recordParseBytesMax || !it.read(value) || !isAdmitted()) return undefined
    if (!isSame(value, from[enterpriseId], to[enterpriseId], key)) return undefined
    if (key.startsWith(placePrefix) || misfit(key, key, false) !== undefined) return undefined
    const kind = typeOf.find(value, from[type], to[type])
    const occurredMs = instantAt(value, from[occurredAt], to[occurredAt])
    if (kind === undefined || occurredMs === undefined) return undefined
    const hour = hourOf(occurredMs)
    if (hour < 0 || hour > packedHourMax) return undefined

    const knownSource = it.isAbsent(source) ? otherSource : sourceOf.find(value, from[source], to[source])
    const ownRegion = it.isAbsent(region) ? 0 : regionOf(value, from[region], to[region])
    const ownIndustry = it.isAbsent(industry) ? 0 : industryOf(value, from[industry], to[industry])
    const { words, count, stride } = columns
    const at = count * stride
    const isRetraction = !it.isAbsent(retracts)
    if (isRetraction) {
      hasher.ofAscii(value, from[retracts], to[retracts])
      columns.setTarget(hasher.high, hasher.low)
    }
    hasher.ofAscii(value, from[id], to[id])
    if (isRetraction && columns.isTarget(count, hasher.high, hasher.low)) return undefined // takes itself back
    writeFact(words, at, {
      high: hasher.high,
      low: hasher.low,
      hour,
      type: kind,
      severity: it.isAbsent(severity) ? types[kind].severity : it.numberOf(severity),
      source: knownSource ?? otherSource,
      amount: it.isAbsent(amount) ? 0 : it.numberOf(amount),
      region: ownRegion,
      industry: ownIndustry,
    })
    const hasColumns = it.isObject(attributes)
    for (let column = 0; column < file.factColumns.length; column++)
      words[at + factWordsBase + column] =
        hasColumns && own.isNumber(column) ? columnBits(own.numberOf(column)) : noColumnBits
    columns.occurredMs[count] = occurredMs
    columns.isRetraction[count] = isRetraction ? 1 : 0
    columns.flags[count] =
      digitFlag(key) |
      (ownRegion === unknownIndex ? flags.unknownRegion : 0) |
      (ownIndustry === unknownIndex ? flags.unknownIndustry : 0) |
      (knownSource === undefined ? flags.unknownSource : 0)
    return key
  }

  /** Whether each field is what the contract RiskEvent admits; the enterprise id and the time are looked at later. */
  function isAdmitted(): boolean {
    return (
      it.isText(id, 128) &&
      it.isText(enterpriseId, 64) &&
      it.isText(type, 32) &&
      it.isText(occurredAt, 32) &&
      (it.isAbsent(severity) || (it.isNumber(severity) && isSeverity(it.numberOf(severity)))) &&
      (it.isAbsent(amount) || (it.isNumber(amount) && it.numberOf(amount) <= 1e15)) &&
      (it.isAbsent(source) || it.isText(source, 32)) &&
      (it.isAbsent(region) || it.isText(region, 32)) &&
      (it.isAbsent(industry) || it.isText(industry, 32)) &&
      (it.isAbsent(retracts) || it.isText(retracts, 128)) &&
      (it.isAbsent(attributes) || it.isObject(attributes))
    )
  }
}

/** The node that a text of ASCII names: by its bytes where it is a code of the table, else as it is read. */
function placesOf(tree: CodeTree): (bytes: Uint8Array, from: number, to: number) => number {
  const codes = new CodeIndex(tree.codes)
  return (bytes, from, to) => codes.find(bytes, from, to) ?? tree.read(asciiText(bytes, from, to))
}

function asciiText(bytes: Uint8Array, from: number, to: number): string {
  return String.fromCharCode(...bytes.subarray(from, to))
}

function isSeverity(severity: number): boolean {
  return severity >= 1 && severity <= 5 && Number.isInteger(severity)
}

function isSame(bytes: Uint8Array, from: number, to: number, text: string): boolean {
  if (to - from !== text.length) return false
  for (let at = 0; at < text.length; at++) if (bytes[from + at] !== text.charCodeAt(at)) return false
  return true
}
