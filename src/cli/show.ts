/** One record as one readable line, by topic. */
import type { z } from 'zod'
import { ArtifactChunk } from '../../streams/artifacts.ts'
import {
  type CellPart,
  CommandResult,
  EnterpriseAlert,
  FateColumns,
  fates,
  type Level,
  type ModelDrifted,
  PublicNotice,
  Score,
  ShadowScore,
  type SourceSilent,
  type SourceSpoke,
  type SourcesHeard,
} from '../../streams/outputs.ts'
import { Contradiction } from '../../streams/riskLevels.ts'
import type { TopicName } from '../../streams/topics.ts'
import { AnyWarning } from '../../streams/warnings.ts'
import { partOf } from '../columns/cellPart.ts'
import { unpacked } from '../columns/packedRecords.ts'
import { jsonOf } from '../json.ts'
import type { LogRecord } from '../log/port.ts'
import { jsonText, plainText } from './common.ts'
import type { Placed } from './log/topicReader.ts'

const textMax = 200

export type ShowOptions = { colour: boolean; language: string | undefined }

/** `2026-09-12T00:00:00.000Z orange ...`: log time, then what the topic has to say. */
export function showRecord(topic: TopicName, { partition, record }: Placed, options: ShowOptions): string {
  const time = timeOf(record)
  const says = sayers[topic]?.(record, options)
  if (says !== undefined) return `${time} ${says}`
  return `${time} ${partition}/${record.offset} ${plainText(record.key ?? '-')} ${textOf(record)}`
}

/** The whole record as one line of JSON; a value that is none is given as what it means, or as text. */
export function jsonRecord(topic: TopicName, { partition, record }: Placed): string {
  const { offset, key, headers } = record
  return jsonText({
    partition,
    offset,
    time: timeOf(record),
    key,
    ...(headers === null ? {} : { headers }),
    value: (topic === 'cell-parts' ? partsIn(record) : valueIn(record)) ?? Buffer.from(record.value).toString('utf8'),
  })
}

export function timeOf({ timeMs }: LogRecord): string {
  const date = new Date(timeMs)
  return Number.isNaN(date.getTime()) ? String(timeMs) : date.toISOString()
}

function textOf({ value }: LogRecord): string {
  const text = plainText(Buffer.from(value.subarray(0, textMax * 4)).toString('utf8'))
  return text.length > textMax ? `${text.slice(0, textMax)}...` : text
}

/** The parts in a record; undefined for what is none. */
function partsIn(record: LogRecord): CellPart[] | undefined {
  try {
    return unpacked(record).map(partOf)
  } catch {
    return undefined
  }
}

function valueIn({ value }: LogRecord): unknown {
  try {
    return jsonOf(value)
  } catch {
    return undefined
  }
}

type Sayer = (record: LogRecord, options: ShowOptions) => string | undefined

/** Says nothing of a record of another form, which is then shown as it is. */
function sayer<T>(contract: z.ZodType<T>, say: (it: T, options: ShowOptions) => string): Sayer {
  return (record, options) => {
    const parsed = contract.safeParse(valueIn(record))
    return parsed.success ? plainText(say(parsed.data, options)) : undefined
  }
}

const colours: Record<Level, string> = { calm: '32', blue: '34', yellow: '33', orange: '38;5;208', red: '1;31' }

function shownLevel(level: Level, colour: boolean): string {
  return colour ? `\u001b[${colours[level]}m${level}\u001b[0m` : level
}

/** The sentence in a language; in the first there is, when it is not said in that one. */
function sentenceIn(sentences: Readonly<Record<string, string>>, language: string | undefined): string {
  return (language === undefined ? undefined : sentences[language]) ?? Object.values(sentences)[0] ?? ''
}

function warningSays(record: LogRecord, { colour, language }: ShowOptions): string | undefined {
  const parsed = AnyWarning.safeParse(valueIn(record))
  if (!parsed.success) return undefined
  const { level, change, id, sentences } = parsed.data
  return `${shownLevel(level, colour)} ${change} ${plainText(id)}: ${plainText(sentenceIn(sentences, language))}`
}

const percent = (probability: number): string => `${(probability * 100).toFixed(1)} %`

const sayers: Partial<Record<TopicName, Sayer>> = {
  'industry-warnings': warningSays,
  'region-warnings': warningSays,
  'cell-warnings': warningSays,
  'cluster-warnings': warningSays,
  scores: sayer(
    Score,
    ({ enterpriseId, probability, band, grade, cause }) =>
      `${enterpriseId} ${percent(probability)} ${band}, grade ${grade}, by ${cause}`,
  ),
  'shadow-scores': sayer(
    ShadowScore,
    ({ enterpriseId, probability, band, model, cause }) =>
      `${enterpriseId} ${percent(probability)} ${band}, by the challenger ${model.slice(0, 12)}, by ${cause}`,
  ),
  'enterprise-alerts': sayer(
    EnterpriseAlert,
    ({ enterpriseId, bandBefore, band, direction, probability }) =>
      `${enterpriseId} ${direction} from ${bandBefore} to ${band}, ${percent(probability)}`,
  ),
  contradictions: sayer(Contradiction, contradictionSays),
  fates: sayer(
    FateColumns,
    ({ task, beats, fates: kinds, codes }) => `${task} ${beatsSaid(beats)}: ${fateCounts(kinds)}${codeCounts(codes)}`,
  ),
  'cell-parts': (record) => {
    const parts = partsIn(record)
    return parts && plainText(`${record.key ?? ''} ${beatsSaid(parts.map(({ beat }) => beat))}: ${parts.length} parts`)
  },
  'command-results': sayer(
    CommandResult,
    ({ id, kind, accepted, code }) => `${kind} ${id} ${accepted ? 'accepted' : `refused ${code ?? ''}`}`,
  ),
  notices: sayer(PublicNotice, (notice, { language }) =>
    notice.kind === 'ModelDrifted' ? driftSays(notice, language) : sourceSays(notice),
  ),
  artifacts: sayer(
    ArtifactChunk,
    ({ hash, kind, file, chunk, chunks, bytes }) =>
      `${kind} ${hash.slice(0, 12)} ${file}, chunk ${chunk + 1} of ${chunks}, ${Buffer.byteLength(bytes, 'base64')} bytes`,
  ),
  'dead-letters': deadLetterSays,
}

/** `91440101MA5CJQ4N59 entered 2026-08-07: riskier than its grade A says, 12.0 % against 9.1 %, 440106 6210`. */
export function contradictionSays(one: Contradiction): string {
  const { enterpriseId, change, kind, grade, probability, comparedWith, region, industry, tickLabel } = one
  const numbers =
    probability === undefined || comparedWith === undefined
      ? ''
      : `, ${percent(probability)} against ${percent(comparedWith)}`
  return `${enterpriseId} ${change} ${tickLabel}: ${kind} than its grade ${grade} says${numbers}, ${region} ${industry}`
}

function sourceSays(notice: SourceSilent | SourceSpoke | SourcesHeard): string {
  const { kind, tickLabel } = notice
  if (kind === 'SourcesHeard') {
    const records = notice.sources.flatMap((one) => one.records).reduce((sum, one) => sum + one, 0)
    return `${kind} by ${notice.hour}: ${notice.sources.length} sources, ${records} records in ${tickLabel}`
  }
  const who = `${kind} ${notice.source} ${notice.region || 'everywhere'} in ${tickLabel}`
  return kind === 'SourceSilent' ? `${who}, ${notice.expected} expected` : `${who}, silent since ${notice.silentSince}`
}

const driftSays = (
  { kind, tickLabel, sentences }: Pick<ModelDrifted, 'kind' | 'tickLabel' | 'sentences'>,
  language: string | undefined,
): string => `${kind} in ${tickLabel}: ${sentenceIn(sentences, language)}`

/** Of a dead letter: code, where it came from, why, and its first characters. */
export function deadLetterSays(record: LogRecord): string {
  const {
    'error-code': code = '-',
    'error-detail': detail = '',
    topic = '-',
    partition = '-',
    offset = '-',
    file,
    line,
  } = record.headers ?? {}
  const from = file === undefined ? '' : ` ${file}:${line ?? '?'}`
  return `${plainText(`${code} ${topic}/${partition}/${offset}${from}${detail === '' ? '' : ` (${detail})`}`)} ${textOf(record)}`
}

/** `beat 7`, or `beats 7 to 9`. */
function beatsSaid(beats: readonly number[]): string {
  const [first, last] = [beats[0], beats[beats.length - 1]]
  return first === last ? `beat ${first}` : `beats ${first} to ${last}`
}

function fateCounts(kinds: string): string {
  const counts = fates.map((fate, at) => ({
    fate,
    count: Buffer.from(kinds, 'base64').filter((kind) => kind === at).length,
  }))
  const told = counts.filter(({ count }) => count > 0).map(({ fate, count }) => `${count} ${fate}`)
  return told.length === 0 ? 'no records' : told.join(', ')
}

function codeCounts(codes: Readonly<Record<string, string>>): string {
  const counts = Object.entries(Object.groupBy(Object.values(codes), (code) => code)).map(
    ([code, all]) => `${all?.length ?? 0} ${code}`,
  )
  return counts.length === 0 ? '' : ` (${counts.join(', ')})`
}

/** A warning as it rises, from its notice. */
export function showWarning(
  notice: { tickLabel: string; level: Level; change: string; sentences: Readonly<Record<string, string>> },
  language: string,
  colour: boolean,
): string {
  const { tickLabel, level, change, sentences } = notice
  return `${tickLabel}  ${shownLevel(level, colour)} ${change}  ${plainText(sentenceIn(sentences, language))}`
}

/** A model that has drifted, from its notice. */
export function showDrift(
  { tickLabel, sentences }: Pick<ModelDrifted, 'tickLabel' | 'sentences'>,
  language: string,
): string {
  return `${tickLabel}  drift  ${plainText(sentenceIn(sentences, language))}`
}
