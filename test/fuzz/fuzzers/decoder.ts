/** The decoder, its short way, and what the server and `ingest` ask of it: any bytes as an event, a grade and an enterprise. */
import {
  factHour,
  factIndustry,
  factLogAmountHundredths,
  factRegion,
  factSeverity,
  factSource,
  factType,
  factWordsBase,
  hourOf,
  logAmountHundredths,
} from '../../../models/facts.ts'
import { decoder } from '../../../src/enterprise/decode/decode.ts'
import { EventColumns } from '../../../src/enterprise/decode/eventColumns.ts'
import { plainEvents } from '../../../src/enterprise/decode/plainEvent.ts'
import { errorRegistry } from '../../../src/errors.ts'
import { admitter } from '../../../src/ingest/admit.ts'
import { letterBytesMax } from '../../../src/limits.ts'
import type { LogRecord } from '../../../src/log/port.ts'
import { deadLetter, isRefusal, type Refusal } from '../../../src/records.ts'
import { hash64 } from '../../../streams/hash.ts'
import { otherSource, type Profile } from '../../../streams/profile.ts'
import { type RecordTopic, recordTopics } from '../../../streams/topics.ts'
import { tinyProfile } from '../../support/tinyProfile.ts'
import { type Fuzzer, must } from '../fuzzer.ts'
import { recordSample } from '../samples.ts'

const profile: Profile = { ...tinyProfile, file: { ...tinyProfile.file, factColumns: ['area', '__proto__'] } }
const stride = factWordsBase + profile.file.factColumns.length
const letterMoreMax = 4_096 // headers of a letter, beside those of its record

export const decoderFuzzer: Fuzzer = {
  name: 'decoder',
  few: 2_000,
  sample(random) {
    const { topic, value } = recordSample(random)
    return { bytes: Buffer.from(JSON.stringify(value)), means: [{ topic, ...meant(topic, value) }] }
  },
  read(bytes) {
    const found = recordTopics.flatMap((topic) => {
      const decoded = decodedAs(topic, bytes)
      return decoded === undefined ? [] : [{ topic, ...decoded }]
    })
    must(JSON.stringify(decodedAs('risk-events', good)) === goodMeans, 'the record behind it is read as another one')
    return found
  },
}

const decode = decoder(profile)
const short = plainEvents(profile)
const admit = admitter(profile)

function decodedAs(topic: RecordTopic, value: Buffer): object | undefined {
  const { record: admitted, refusal } = admit(topic, { line: 1, value, fault: undefined }, undefined)
  const record: LogRecord = { offset: 0, timeMs: 0, key: admitted?.key ?? null, value, headers: null }
  const decoded =
    topic === 'risk-events' ? event(record) : decode[topic === 'enterprises' ? 'enterprise' : 'grade'](record)
  must(isRefusal(decoded) === (refusal !== undefined), 'what is admitted and what is decoded are not the same')
  if (!isRefusal(decoded)) return decoded
  checkLetter(record, topic, decoded)
  return undefined
}

function checkLetter(record: LogRecord, topic: RecordTopic, { refused, detail }: Refusal): void {
  must(refused in errorRegistry, `${refused} is no error of the registry`)
  deadLetter(record, { topic, partition: 0, to: 0, code: refused, detail }, ({ record: { key, value } }) => {
    const bytes = value.length + (key?.length ?? 0)
    must(bytes <= letterBytesMax + letterMoreMax, `a dead letter of ${bytes} bytes`)
  })
}

/** By both ways, which must agree where the short one is gone. */
function event(record: LogRecord): object | Refusal {
  const [checked, plain] = [new EventColumns(stride), new EventColumns(stride)]
  for (const one of [checked, plain]) one.clear(1)
  const decoded = decode.event(record, checked.words, 0)
  const id = short(record, plain)
  if (isRefusal(decoded)) {
    must(id === undefined, 'the short way takes what the decoder refuses')
    return decoded
  }
  checked.put(decoded)
  if (id !== undefined) {
    must(id === decoded.enterpriseId, 'the short way finds another enterprise')
    must(JSON.stringify(plain) === JSON.stringify(checked), 'the short way says something else than the decoder')
  }
  const { words } = checked
  return {
    ...decoded,
    id: { high: words[0], low: words[1] },
    hour: factHour(words[2]),
    type: factType(words[2]),
    severity: factSeverity(words[2]),
    source: factSource(words[3]),
    region: factRegion(words[3], words[4]),
    industry: factIndustry(words[4]),
    amount: factLogAmountHundredths(words[4]),
  }
}

type Fields = Readonly<Record<string, unknown>>

/** What a good record means, by a way of its own. */
function meant(topic: RecordTopic, it: Fields): object {
  const text = (name: string): string => String(it[name])
  const place = (name: 'region' | 'industry'): number =>
    it[name] === undefined ? 0 : (name === 'region' ? profile.regions : profile.industries).find(text(name))
  if (topic === 'enterprises')
    return {
      enterpriseId: it.id,
      place: place('region') * 65_536 + place('industry'),
      closed: it.status === 'closed',
      flags: 0,
    }
  if (topic === 'credit-grades') {
    const effectiveHour = hourOf(Date.parse(text('effectiveAt')))
    return { enterpriseId: it.enterpriseId, grade: profile.gradeIndex.get(text('grade')), effectiveHour, flags: 0 }
  }
  const type = profile.typeIndex.get(text('type')) ?? -1
  const occurredMs = Date.parse(text('occurredAt'))
  return {
    enterpriseId: it.enterpriseId,
    occurredMs,
    retracts: it.retracts === undefined ? undefined : signed(hash64(text('retracts'))),
    flags: 0,
    id: signed(hash64(text('id'))),
    hour: hourOf(occurredMs),
    type,
    severity: it.severity ?? profile.types[type].severity,
    source: it.source === undefined ? otherSource : profile.sourceIndex.get(text('source')),
    region: place('region'),
    industry: place('industry'),
    amount: it.amount === undefined ? 0 : logAmountHundredths(Number(it.amount)),
  }
}

const signed = ({ high, low }: { high: number; low: number }): object => ({ high: high | 0, low: low | 0 })

const good = Buffer.from(
  '{"id":"g","enterpriseId":"E1","type":"PEN.FINE","occurredAt":"2026-03-02T00:00:00Z","region":"P1","attributes":{"area":3}}',
)
const goodMeans = JSON.stringify(decodedAs('risk-events', good))
