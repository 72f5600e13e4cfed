/** Codes that records name and the profile does not know: the records are kept, and whoever sent them is told which codes it were. */
import { z } from 'zod'
import { placePrefix } from '../../streams/contracts.ts'
import type { Profile } from '../../streams/profile.ts'
import { unknownIndex } from '../../streams/tree.ts'
import { flags } from '../enterprise/decode/decode.ts'
import { unknownCodesMax } from '../limits.ts'
import { parseObject } from '../records.ts'
import { ownField } from './files/knownAt.ts'

const fields = ['region', 'industry', 'source', 'status'] as const
/** One code, in how many records, and where it stood first. */
export const UnknownCode = z.object({
  field: z.enum(fields),
  code: z.string(),
  records: z.int(),
  line: z.int(),
  file: z.string().optional(),
})
export type UnknownCode = z.infer<typeof UnknownCode>
/** `others`: how many times a code was named beyond the first `unknownCodesMax` different ones. */
export const UnknownCodes = z.object({ codes: z.array(UnknownCode), others: z.int() })
export type UnknownCodes = z.infer<typeof UnknownCodes>

export type NamedCode = Pick<UnknownCode, 'field' | 'code'>

/** Adds codes to those that were found before. */
export function addUnknown(into: { unknown?: UnknownCodes | undefined }, { codes, others }: UnknownCodes): void {
  if (codes.length + others === 0) return
  into.unknown ??= { codes: [], others: 0 }
  const { unknown } = into
  unknown.others += others
  for (const one of codes) {
    const held = unknown.codes.find(({ field, code }) => field === one.field && code === one.code)
    if (held !== undefined) held.records += one.records
    else if (unknown.codes.length < unknownCodesMax) unknown.codes.push({ ...one })
    else unknown.others += one.records
  }
}

/** The codes of one record, with its place. */
export function unknownAt(named: readonly NamedCode[], line: number, file: string | undefined): UnknownCodes {
  const place = file === undefined ? { line } : { line, file }
  return { codes: named.map((one) => ({ ...one, records: 1, ...place })), others: 0 }
}

const shownMax = 5

/** `region 330104 (3 records, first FILE:4), status 停业 (1 record, first FILE:9)`: the most frequent, and how many more there are. */
export function unknownText({ codes, others }: UnknownCodes): string {
  const frequent = [...codes].sort((a, b) => b.records - a.records)
  const shown = frequent.slice(0, shownMax).map(({ field, code, records, line, file }) => {
    const place = file === undefined ? '' : `, first ${file}:${line}`
    return `${field} ${code} (${records} ${records === 1 ? 'record' : 'records'}${place})`
  })
  const more = frequent.slice(shownMax).reduce((sum, { records }) => sum + records, others)
  return [...shown, ...(more === 0 ? [] : [`and ${more} times others`])].join(', ')
}

const flaggedCode = flags.unknownRegion | flags.unknownIndustry | flags.unknownSource | flags.unknownStatus

/** The codes for which a record was flagged. */
export function unknownReader(profile: Profile): (value: Uint8Array, flagged: number) => NamedCode[] {
  const { regions, industries, sourceIndex, statusOf } = profile
  const isUnknown: Record<UnknownCode['field'], (code: string) => boolean> = {
    region: (code) => regions.read(code) === unknownIndex,
    industry: (code) => industries.read(code) === unknownIndex,
    source: (code) => !sourceIndex.has(code),
    status: (code) => code !== '' && statusOf(code) === undefined,
  }
  return (value, flagged) => {
    if ((flagged & flaggedCode) === 0) return []
    const parsed = parseObject(value)
    if ('refused' in parsed) return []
    const texts: (readonly [field: UnknownCode['field'], text: unknown])[] = fields.map(
      (field) => [field, ownField(parsed.json, field)] as const,
    )
    const id = ownField(parsed.json, 'enterpriseId')
    if (typeof id === 'string' && id.startsWith(placePrefix)) texts.push(['region', id.slice(placePrefix.length)])
    return texts.flatMap(([field, code]) =>
      typeof code === 'string' && isUnknown[field](code) ? [{ field, code }] : [],
    )
  }
}
