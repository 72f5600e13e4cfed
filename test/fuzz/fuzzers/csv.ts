/** Files of records, CSV and NDJSON: whatever a line is, the lines around it are read, in whatever pieces the file comes. */

import { errorRegistry, ForewarnError } from '../../../src/errors.ts'
import { admitter } from '../../../src/ingest/admit.ts'
import { entriesOf } from '../../../src/ingest/files/entries.ts'
import type { Entry } from '../../../src/ingest/files/entry.ts'
import { plainChunks } from '../../../src/ingest/lines.ts'
import { FileMapping } from '../../../streams/mapping.ts'
import type { Profile } from '../../../streams/profile.ts'
import type { Sfc32 } from '../../../streams/sfc32.ts'
import { tinyProfile } from '../../support/tinyProfile.ts'
import { type Fuzzer, must, wrong } from '../fuzzer.ts'
import { recordSample } from '../samples.ts'

const profile: Profile = {
  ...tinyProfile,
  file: {
    ...tinyProfile.file,
    files: {
      'risk-events': FileMapping.parse({
        fields: {
          id: 'no',
          enterpriseId: 'who',
          type: 'what',
          occurredAt: { from: 'when', as: 'instant' },
          amount: { from: 'sum', as: 'number' },
          source: 'where from',
        },
      }),
    },
  },
}
const admit = admitter(profile)
const header = 'no,who,what,when,sum,where from'
const row = (no: string): string => `${no},E1,PEN.FINE,2026-03-01T09:15:00Z,12.5,court`
const json = (id: string): string =>
  `{"id":"${id}","enterpriseId":"E1","type":"PEN.FINE","occurredAt":"2026-03-01T09:15:00Z"}`

/** Lines in the middle of a CSV file. */
export const csvFuzzer: Fuzzer = {
  name: 'csv',
  few: 700,
  sample(random) {
    const rows = Array.from({ length: 1 + random.int(4) }, () => cells(random))
    const text = rows.map((fields) => fields.map(quotedMaybe).join(',')).join(random.int(2) === 0 ? '\n' : '\r\n')
    return { bytes: Buffer.from(text), means: rows.map(recordOf) }
  },
  read: (bytes) => between(`${header}\n${row('first')}`, bytes, row('last'), 'x.csv'),
}

/** Whole files under a name that says nothing: anything may be the first line. */
export const fileFuzzer: Fuzzer = {
  name: 'file',
  few: 700,
  sample(random) {
    if (random.int(2) === 0)
      return { bytes: Buffer.from(`${header}\n${row('one')}\n`), means: [recordOf(row('one').split(','))] }
    const { value } = recordSample(random)
    return { bytes: Buffer.from(`${JSON.stringify(value)}\n`), means: [value] }
  },
  read: async (bytes) => (await entriesIn([bytes], 'x')).map(({ value }) => parsedOr(value)),
}

export const ndjsonFuzzer: Fuzzer = {
  name: 'ndjson',
  few: 700,
  sample(random) {
    const values = Array.from({ length: 1 + random.int(4) }, () => recordSample(random).value)
    return { bytes: Buffer.from(values.map((value) => JSON.stringify(value)).join('\n')), means: values }
  },
  read: (bytes) => between(json('first'), bytes, json('last'), 'x.ndjson'),
}

/** What stands between two good lines; both must be read, and each of the others is a record or refused with a code. */
async function between(first: string, middle: Buffer, last: string, name: string): Promise<unknown[]> {
  const whole = Buffer.concat([Buffer.from(`${first}\n`), middle, Buffer.from(`\n${last}\n`)])
  const entries = await entriesIn([whole], name)
  const inPieces = await entriesIn(pieces(whole), name)
  must(shown(entries) === shown(inPieces), 'other pieces of the file are read as other lines')
  for (const entry of entries) judge(entry)
  const ids = entries.map(({ value }) => Object(parsedOr(value)).id)
  must(ids[0] === 'first' && entries[0]?.fault === undefined, 'the line before it is lost')
  must(ids.at(-1) === 'last' && entries.at(-1)?.fault === undefined, 'the line behind it is lost')
  return entries.slice(1, -1).map(({ value }) => parsedOr(value))
}

function judge(entry: Entry): void {
  const { record, refusal } = admit('risk-events', entry, 'x')
  must(record !== undefined || refusal !== undefined, 'a line is neither a record nor refused')
  must(refusal === undefined || refusal.refused in errorRegistry, 'a line is refused without a code of the registry')
}

async function entriesIn(chunks: Iterable<Buffer>, name: string): Promise<Entry[]> {
  const found: Entry[] = []
  try {
    for await (const batch of entriesOf(plainChunks(streamed(chunks)), {
      topic: 'risk-events',
      profile,
      field: undefined,
      name,
    }))
      found.push(...batch)
  } catch (error) {
    if (error instanceof ForewarnError && error.code === 'FW_USAGE') throw error
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('Z_')) throw error // cut gzip
    wrong(`a file is no text of records, and that is told without a code: ${error}`)
  }
  return found
}

async function* streamed(chunks: Iterable<Buffer>): AsyncGenerator<Buffer> {
  yield* chunks
}

const pieceBytes = 1_021

function* pieces(whole: Buffer): Iterable<Buffer> {
  for (let at = 0; at < whole.length; at += pieceBytes) yield whole.subarray(at, at + pieceBytes)
}

const shown = (entries: readonly Entry[]): string =>
  JSON.stringify(entries.map(({ value, ...rest }) => ({ ...rest, value: value.toString('latin1') })))

function parsedOr(value: Buffer): unknown {
  try {
    return JSON.parse(value.toString('utf8'))
  } catch {
    return value.toString('latin1')
  }
}

function cells(random: Sfc32): string[] {
  const texts = ['a', 'a b', 'a,b', 'a"b', 'a\nb', '事', '__proto__', "'", '=1+1']
  const pick = <T>(list: readonly T[]): T => list[random.int(list.length)]
  return [
    `n${random.int(99)}${pick(texts)}`,
    `E${random.int(9)}`,
    'PEN.FINE',
    '2026-03-01T09:15:00Z',
    pick(['', '7', '12.5']),
    pick(['', 'court']),
  ]
}

const quotedMaybe = (text: string): string => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)

function recordOf([id, enterpriseId, type, when, sum, source]: readonly string[]): object {
  return {
    id,
    enterpriseId,
    type,
    occurredAt: new Date(when).toISOString(),
    ...(sum === '' ? {} : { amount: Number(sum) }),
    ...(source === '' ? {} : { source }),
  }
}
