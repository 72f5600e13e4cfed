/** Bad rows on their way into a log, directly and by the process that holds it: their dead letters say where they stood, and why. */
import { Registry } from 'prom-client'
import { expect, test } from 'vitest'
import { startServer } from '../../src/http/server.ts'
import type { Entry } from '../../src/ingest/files/entry.ts'
import { NumberedReader, numberedLine } from '../../src/ingest/files/numberedLines.ts'
import { httpTarget } from '../../src/ingest/httpTarget.ts'
import { ingestLive, type LiveTarget, logTarget } from '../../src/ingest/live.ts'
import type { Log } from '../../src/log/port.ts'
import { createLogger } from '../../src/telemetry/logging.ts'
import { foldToEnd, memoryLog } from '../support/fold.ts'
import { access, csvProfile, recordsIn, streamOf } from './support.ts'

const rows = Buffer.concat([
  Buffer.from('no,who,what,when\n1,E1,PEN.FINE,1970-01-01\n2,E1\n3,"E1\nE2",PEN.FINE\n4,E1,NO.SUCH,1970-01-01\n'),
  Buffer.from('5,E1,PEN.FINE,soon\n6,E'),
  Buffer.from([0xca, 0xc2]),
  Buffer.from(',x,y\n'),
])
const latin1Of = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1')
const letters = [
  ['3', 'FW_RECORD_UNREADABLE', '2 columns, the first line has 4', '2,E1'],
  ['4', 'FW_RECORD_UNREADABLE', '3 columns, the first line has 4', '3,"E1\nE2",PEN.FINE'],
  ['6', 'FW_EVENT_UNKNOWN_TYPE', 'NO.SUCH', expect.any(String)],
  ['7', 'FW_RECORD_INVALID', expect.stringContaining('occurredAt: "soon" is no instant'), expect.any(String)],
  ['8', 'FW_RECORD_UNREADABLE', 'it is not in UTF-8', latin1Of(rows.subarray(rows.indexOf('6,E'), -1))],
]

async function overHttp(log: Log): Promise<{ target: LiveTarget; close: () => Promise<void> }> {
  const registry = new Registry()
  const logger = createLogger({ level: 'silent' })
  const common = { ...access, port: 0, log, profile: csvProfile, registry, logger }
  const server = await startServer({ ...common, ready: () => ({ ready: true }) })
  return { target: httpTarget({ address: server.address, log: 'the log' }), close: () => server.close() }
}

const directly = async (log: Log): Promise<{ target: LiveTarget; close: () => Promise<void> }> => ({
  target: logTarget(log, csvProfile),
  close: async () => {},
})

test.each([
  ['the log itself', directly],
  ['the process that holds it', overHttp],
])('to %s', async (_, open) => {
  const log = await memoryLog()
  const { target, close } = await open(log)
  const options = { target, profile: csvProfile, topic: 'risk-events', files: ['-'], stdin: streamOf(rows) } as const
  const summary = await ingestLive(options)
  await close()
  expect(summary).toMatchObject({ accepted: 1, counts: { FW_RECORD_UNREADABLE: 3, FW_EVENT_UNKNOWN_TYPE: 1 } })
  expect(summary.refused.map(({ line, file, code }) => [String(line), file, code])).toEqual(
    letters.map(([line, code]) => [line, '-', code]),
  )
  await foldToEnd(log, { profile: csvProfile, model: null })
  const told = (await recordsIn(log, 'dead-letters')).map(({ headers, value }) => ({ headers, value }))
  expect(
    told
      .sort((a, b) => Number(a.headers?.line) - Number(b.headers?.line))
      .map(({ headers, value }) => [
        headers?.line,
        headers?.['error-code'],
        headers?.['error-detail'],
        latin1Of(value),
      ]),
  ).toEqual(letters)
  for (const { headers } of told) expect(headers?.file).toBe('-')
})

test('whatever a numbered line holds, it comes out as it went in', () => {
  const entry = { line: 12, position: 0, knownAtMs: undefined, untimed: undefined }
  const entries: Entry[] = [
    { ...entry, value: Buffer.from('{"id":"a"}'), fault: undefined },
    { ...entry, value: Buffer.from('!no json\r'), fault: undefined },
    { ...entry, value: Buffer.from([10, 0, 0xff]), fault: { refused: 'FW_RECORD_UNREADABLE', detail: 'a "quote"\n' } },
  ]
  const read: Entry[] = []
  for (const one of entries) new NumberedReader().take({ number: 1, bytes: numberedLine(one).subarray(0, -1) }, read)
  expect(read).toEqual(entries)
})

test.each([
  '',
  ' {}',
  'x {}',
  '12',
  '12!',
  '12!{"value":"?","unreadable":"x"}',
  '12!{"value":""}',
  `${'9'.repeat(30)} {}`,
])('a line %j without a number is an entry as it stands', (text) => {
  const read: Entry[] = []
  new NumberedReader().take({ number: 7, bytes: Buffer.from(text) }, read)
  expect(read).toMatchObject([{ line: 7, value: Buffer.from(text), fault: undefined }])
})
