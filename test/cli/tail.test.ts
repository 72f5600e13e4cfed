/** `forewarn tail` and `forewarn dead-letters list`. */
import { setTimeout as delay } from 'node:timers/promises'
import { expect, test, vi } from 'vitest'
import { runProgram, type Screen } from '../../src/cli/common.ts'
import { deadLettersCommand } from '../../src/cli/log/deadLetters.ts'
import { tailCommand } from '../../src/cli/log/tail.ts'
import { showDrift } from '../../src/cli/show.ts'
import { openEmbeddedLog } from '../../src/log/embedded/embeddedLog.ts'
import type { NewRecord } from '../../src/log/port.ts'
import type { TopicName } from '../../streams/topics.ts'
import type { Warning } from '../../streams/warnings.ts'
import { tempFolder, testScreen } from '../ingest/support.ts'

type Row = [TopicName, number, NewRecord]
const json = (value: object, timeMs: number, key: string | null = null): NewRecord => ({
  key,
  timeMs,
  value: Buffer.from(JSON.stringify(value)),
})

const warning: Warning = {
  ...{
    region: 'P',
    industry: 'X',
    id: 'count.cell.P.X.2026-01-01',
    statistic: 'count',
    axis: 'cell',
    change: 'raised',
    level: 'orange',
    levelBefore: 'calm',
  },
  ...{
    tick: 1,
    tickLabel: '2026-01-01',
    raisedTick: 1,
    early: false,
    beat: 1,
    at: '2026-01-01T00:00:00.000Z',
  },
  evidence: {
    count: 9,
    expected: 2,
    variance: 2,
    p: 0.001,
    q: 0.01,
    rateRatio: 4.5,
    enterprises: 5,
    effectiveEnterprises: 4,
    byType: {},
    familySize: 3,
  },
  ...{
    parents: [],
    children: [],
    sentences: { zh: '很多', en: 'Many\u001b[31m fines' },
    profile: 'a',
    model: null,
    foldVersion: 1,
  },
}

async function logWith(...rows: Row[]): Promise<string> {
  const folder = await tempFolder()
  const log = await openEmbeddedLog({ path: folder, mode: 'write', partitions: 2 })
  for (const [topic, partition, record] of rows) await log.append(topic, partition, [record])
  await log.close()
  return folder
}

async function tail(
  folder: string,
  args: readonly string[],
  screen: Screen & { out: { text: string }; err: { text: string } } = testScreen(),
): Promise<{ code: number; lines: string[]; err: string }> {
  const code = await runProgram(tailCommand(screen), ['--log', `embedded:${folder}`, ...args], screen)
  return { code, lines: screen.out.text.split('\n').slice(0, -1), err: screen.err.text }
}

test('warnings: a sentence, its language, colour by level on a terminal only, nothing that a terminal obeys', async () => {
  vi.stubEnv('NO_COLOR', undefined) // of whoever runs the tests
  const folder = await logWith(['cell-warnings', 0, json(warning, 0)])
  expect((await tail(folder, ['cell-warnings', '--language', 'en'])).lines).toEqual([
    '1970-01-01T00:00:00.000Z orange raised count.cell.P.X.2026-01-01: Many [31m fines',
  ])
  expect((await tail(folder, ['cell-warnings'])).lines[0]).toMatch(/: 很多$/)
  expect((await tail(folder, ['cell-warnings'], testScreen({ tty: true }))).lines[0]).toContain(
    '\u001b[38;5;208morange\u001b[0m',
  )
})

test('partitions come in order of time; --last and --from choose', async () => {
  const rows: Row[] = [1, 2, 3, 4, 5, 6].map((n) => ['risk-events', n % 2, json({ n }, n)])
  const folder = await logWith(...rows)
  const numbers = async (...args: string[]): Promise<number[]> =>
    (await tail(folder, ['risk-events', '--json', ...args])).lines.map((line) => JSON.parse(line).value.n)
  expect(await numbers()).toEqual([1, 2, 3, 4, 5, 6])
  expect(await numbers('--last', '3')).toEqual([4, 5, 6])
  expect(await numbers('--last', '0')).toEqual([])
  expect(await numbers('--from', '2')).toEqual([5, 6])
})

test('every topic has its lines', async () => {
  const score = {
    enterpriseId: 'E1',
    asOf: '',
    beat: 1,
    tick: 1,
    probability: 0.1234,
    band: 'high',
    grade: 'A',
    model: '',
    cause: 'records',
    reasons: [],
    evidence: [],
  }
  const fates = {
    task: 'watch',
    beat: 7,
    tick: 1,
    topics: ['commands'],
    counts: [2],
    hashes: '',
    fates: Buffer.from([0, 6]).toString('base64'),
    codes: { 1: 'FW_RECORD_NOT_JSON' },
  }
  const sentences = { zh: '模型漂移', en: 'The model drifts.' }
  const ofSource = { tick: 1, tickLabel: 'u', source: 'court', region: 'P1' }
  const heardCourt = { source: 'court', regions: ['P', 'Q'], records: [3, 4], lastHeard: ['', ''] }
  const drift = { kind: 'ModelDrifted', tick: 1, tickLabel: 't', model: 'm', psi: 0.3, rows: 600, sentences }
  const folder = await logWith(
    ['scores', 0, json(score, 0, 'E1')],
    ['enterprise-alerts', 0, json({ ...score, bandBefore: 'low', direction: 'up' }, 0, 'E1')],
    ['fates', 0, json(fates, 0)],
    ['command-results', 0, json({ id: 'c1', kind: 'import.begin', accepted: true, beat: 1 }, 0)],
    [
      'notices',
      0,
      json({ kind: 'SourceSilent', tick: 1, tickLabel: 't', source: 'court', region: '', expected: 3 }, 0),
    ],
    ['notices', 0, json(drift, 1)],
    [
      'notices',
      0,
      json({ ...ofSource, kind: 'SourceSpoke', at: '1970-01-02T03:00:00Z', silentSince: 't', silentTicks: 1 }, 2),
    ],
    ['notices', 0, json({ kind: 'SourcesHeard', hour: 'tT03', tick: 1, tickLabel: 't', sources: [heardCourt] }, 3)],
    ['commands', 0, { key: null, timeMs: 0, value: Buffer.from('no json\n') }],
  )
  const notices = (await tail(folder, ['notices'])).lines.map((line) => line.split(' ').slice(1).join(' '))
  expect(notices[2]).toBe('SourceSpoke court P1 in u, silent since t')
  expect(notices[3]).toBe('SourcesHeard by tT03: 1 sources, 7 records in t')
  const first = async (topic: string): Promise<string> =>
    (await tail(folder, [topic])).lines[0].replace('1970-01-01T00:00:00.000Z ', '')
  expect(await first('scores')).toBe('E1 12.3 % high, grade A, by records')
  expect(await first('enterprise-alerts')).toBe('E1 up from low to high, 12.3 %')
  expect(await first('fates')).toBe('watch beat 7: 1 applied, 1 dead (1 FW_RECORD_NOT_JSON)')
  expect(await first('command-results')).toBe('import.begin c1 accepted')
  expect(await first('notices')).toBe('SourceSilent court everywhere in t, 3 expected')
  const second = async (...more: string[]): Promise<string> => (await tail(folder, ['notices', ...more])).lines[1]
  expect(await second('--language', 'en')).toMatch(/ ModelDrifted in t: The model drifts\.$/)
  expect(await second('--language', 'zh')).toMatch(/ ModelDrifted in t: 模型漂移$/)
  expect(showDrift({ tickLabel: 't', sentences }, 'zh')).toBe('t  drift  模型漂移')
  expect(await first('commands')).toBe('0/0 - no json ')
  expect(JSON.parse((await tail(folder, ['commands', '--json'])).lines[0])).toEqual({
    partition: 0,
    offset: 0,
    time: '1970-01-01T00:00:00.000Z',
    key: null,
    value: 'no json\n',
  })
})

test('--follow shows what another process appends', async () => {
  const folder = await logWith(['commands', 0, json({ n: 1 }, 1)])
  const screen = testScreen()
  const stop = new AbortController()
  const following = runProgram(
    tailCommand(screen, stop.signal),
    ['commands', '--log', `embedded:${folder}`, '--follow', '--json'],
    screen,
  )
  const log = await openEmbeddedLog({ path: folder, mode: 'write' })
  await delay(50)
  await log.append('commands', 0, [json({ n: 2 }, 2)])
  await expect.poll(() => screen.out.text.split('\n').length).toBe(3)
  stop.abort()
  await log.append('commands', 0, [json({ n: 3 }, 3)])
  expect(await following).toBe(0)
  await log.close()
})

test('an unknown topic, a log that is not there', async () => {
  expect(await tail(await logWith(), ['region-warning'])).toMatchObject({
    code: 2,
    err: expect.stringContaining('region-warnings'),
  })
  expect(await tail(await tempFolder(), ['scores'])).toMatchObject({
    code: 1,
    err: expect.stringContaining('FW_LOG_NOT_FOUND'),
  })
})

const dead = (code: string, timeMs: number, more: Record<string, string> = {}): NewRecord => ({
  key: null,
  timeMs,
  value: Buffer.from('x\u0007'),
  headers: { 'error-code': code, 'error-detail': '', topic: 'risk-events', partition: '0', offset: '7', ...more },
})

async function list(folder: string, ...args: string[]): Promise<{ lines: string[]; err: string; code: number }> {
  const screen = testScreen()
  const code = await runProgram(deadLettersCommand(screen), ['list', '--log', `embedded:${folder}`, ...args], screen)
  return { code, lines: screen.out.text.split('\n').slice(0, -1), err: screen.err.text }
}

test('dead letters by code, time and number, with what to do about them', async () => {
  const folder = await logWith(
    ['dead-letters', 0, dead('FW_RECORD_NOT_JSON', 1_000, { file: 'a.csv', line: '4', 'error-detail': 'why' })],
    ['dead-letters', 1, dead('FW_EVENT_TOO_OLD', 2_000)],
    ['dead-letters', 0, dead('FW_RECORD_NOT_JSON', 3_000)],
  )
  const all = await list(folder)
  expect(all.lines).toEqual([
    '1970-01-01T00:00:01.000Z FW_RECORD_NOT_JSON risk-events/0/7 a.csv:4 (why) x ',
    '1970-01-01T00:00:02.000Z FW_EVENT_TOO_OLD risk-events/0/7 x ',
    '1970-01-01T00:00:03.000Z FW_RECORD_NOT_JSON risk-events/0/7 x ',
  ])
  expect(all.err).toBe(
    '3 of 3 dead letters shown.\n  2 FW_RECORD_NOT_JSON: Send one JSON object per record.\n  1 FW_EVENT_TOO_OLD: Nothing to do: so old an event says nothing about risk now.\n',
  )
  expect((await list(folder, '--limit', '1')).lines).toEqual(all.lines.slice(2))
  expect((await list(folder, '--code', 'FW_EVENT_TOO_OLD')).lines).toEqual(all.lines.slice(1, 2))
  expect(
    (await list(folder, '--since', '1970-01-01T00:00:02Z', '--json')).lines.map((line) => JSON.parse(line).offset),
  ).toEqual([0, 1])
  expect((await list(folder, '--since', '1970-01-01T08:00:02+08:00')).lines).toHaveLength(2)
  expect((await list(folder, '--since', '1970-1-1')).lines).toHaveLength(3)
  for (const since of ['soon', '2', '1970-02-30', '01/02/1970', '1970-01-01T25:00:00Z']) {
    expect(await list(folder, '--since', since), since).toMatchObject({ code: 2, lines: [] })
  }
  expect((await list(folder, '--since', '1970-01-01T00:00:02')).err).toContain('and 1970-01-01T00:00:02 has no zone')
  expect((await list(await logWith())).err).toBe('No dead letters.\n')
})

test('--json escapes what a terminal obeys, and says the same', async () => {
  const text = 'a\u202eb\u009bc\u2028d\u{e0001}e\u200b'
  const folder = await logWith(['cell-warnings', 0, json({ ...warning, sentences: { en: text } }, 0)])
  const { lines } = await tail(folder, ['cell-warnings', '--json'])
  expect(lines).toHaveLength(1)
  expect(lines[0]).not.toMatch(/[\p{Cc}\p{Cf}\u2028\u2029]/u)
  expect(JSON.parse(lines[0]).value.sentences.en).toBe(text)
})
