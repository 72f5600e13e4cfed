/** One line of JSON a notice, written before the program goes on. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import type { Notice } from '../../src/notices.ts'
import { createLogger, logNotices } from '../../src/telemetry/logging.ts'
import { event } from '../ingest/support.ts'
import { append, foldToEnd, memoryLog } from '../support/fold.ts'
import { tinyModel } from '../support/tinyModel.ts'
import { tinyProfile } from '../support/tinyProfile.ts'

const task = 'enterprise/0'
const flags = { checkDigit: 0, unknownRegion: 0, unknownIndustry: 0, unknownSource: 0, unknownStatus: 0 }
const warning = {
  id: 'count.region.P',
  statistic: 'count',
  axis: 'region',
  region: 'P',
  industry: '',
  levelBefore: 'calm',
  change: 'raised',
  tickLabel: 't',
  sentences: { en: 'Many.' },
} as const
const counts = { lastBeat: 1, beats: 1, beatSeconds: [0], endMs: 1, records: 1, bytes: 9, outputs: 1, seconds: 1 }
const open = { calm: 0, blue: 0, yellow: 0, orange: 0, red: 0 }

const table: [Notice, string][] = [
  [
    {
      kind: 'BeatFolded',
      task,
      beat: 1,
      tick: 1,
      endMs: 1,
      fates: {},
      deadCodes: {},
      flags,
      scores: 0,
      alerts: 0,
      unscorable: 0,
      factsDropped: 0,
      enterprises: 0,
      facts: 0,
      tableBytes: 0,
      arenaBytes: 0,
    },
    'debug',
  ],
  [{ kind: 'EpochCommitting', task, beats: 1, lastBeat: 1 }, 'debug'],
  [{ kind: 'EpochCommitted', task, ...counts }, 'debug'],
  [{ kind: 'InputsWaiting', task, records: { 'risk-events': 3 } }, 'debug'],
  [{ kind: 'CheckpointWriting', task, beat: 1, slot: 0 }, 'debug'],
  [{ kind: 'CheckpointWritten', task, beat: 1, slot: 0, pages: 1, bytes: 1, atMs: 1, seconds: 0 }, 'debug'],
  [{ kind: 'TickClosed', task, tick: 1, label: 't', rescored: 1 }, 'info'],
  [
    {
      kind: 'TickJudged',
      tick: 1,
      label: 't',
      cells: 1,
      candidates: 0,
      open: [{ statistic: 'count', counts: open }],
      enterprisesByBand: {},
      totals: [],
      artifacts: 0,
      models: { champion: null, challenger: null },
      drift: undefined,
    },
    'info',
  ],
  [{ kind: 'WarningChanged', ...warning, level: 'yellow' }, 'info'],
  [{ kind: 'WarningChanged', ...warning, level: 'red' }, 'warn'],
  [{ kind: 'SourceSilent', source: 's', region: '', tickLabel: 't', expected: 3 }, 'warn'],
  [{ kind: 'SourceSpoke', source: 's', region: '', tickLabel: 't', silentTicks: 3 }, 'info'],
  [{ kind: 'ModelDrifted', model: 'm', psi: 0.3, rows: 600, tickLabel: 't', sentences: { en: 'It drifts.' } }, 'warn'],
  [{ kind: 'CommandAnswered', command: 'import.begin', accepted: true }, 'info'],
  [{ kind: 'CommandAnswered', command: 'model.promote', accepted: false }, 'warn'],
  [{ kind: 'LogTimeRegressed', task, topic: 'risk-events', records: 1 }, 'warn'],
  [{ kind: 'CommitRefused', task, code: 'FW_LOG_FULL', message: 'full' }, 'error'],
  [{ kind: 'CheckpointSkipped', task, slot: 0, why: 'damaged' }, 'warn'],
  [{ kind: 'StateRefolded', task, slot: 0, why: 'a page of registry is missing' }, 'warn'],
  [{ kind: 'LogTimeLed', task, records: 2 }, 'warn'],
  [{ kind: 'LogTimeLeads', task, seconds: 61, waits: true }, 'warn'],
  [{ kind: 'Restoring', task }, 'info'],
  [{ kind: 'Restored', task, fromBeat: 1, beatsReplayed: 2, seconds: 1 }, 'info'],
  [{ kind: 'TasksAssigned', tasks: [task] }, 'info'],
  [{ kind: 'TaskLost', task, code: 'FW_TASK_FENCED', message: 'gone' }, 'warn'],
  [{ kind: 'TaskReleased', task }, 'info'],
  [{ kind: 'GroupJoined', tasks: 1 }, 'info'],
  [{ kind: 'GroupLost', why: 'crash', joined: true }, 'warn'],
  [{ kind: 'GroupLost', why: 'cold', joined: false }, 'info'],
  [{ kind: 'LogReadFailed', message: 'no leader' }, 'debug'],
  [{ kind: 'BrokerConnection', open: true }, 'debug'],
  [{ kind: 'ClientSaid', line: 'x' }, 'debug'],
  [{ kind: 'ImportSeen', open: true }, 'info'],
  [{ kind: 'ImportSilent', seconds: 61 }, 'warn'],
  [{ kind: 'RestoreProgressed', task, done: 1, of: 2 }, 'debug'],
  [{ kind: 'RequestRefused', code: 'FW_HTTP_TYPE' }, 'debug'],
  [{ kind: 'Serving', address: 'http://127.0.0.1:1' }, 'info'],
  [{ kind: 'Stopping', why: 'SIGTERM' }, 'info'],
]

function written(level: 'debug' | 'info', notices: readonly Notice[]): string[] {
  const chunks: string[] = []
  const listener = logNotices(createLogger({ level, destination: { write: (line) => void chunks.push(line) } }))
  for (const notice of notices) listener(notice)
  return chunks.join('').split('\n').slice(0, -1)
}

test.each(table)('%o', (notice, level) => {
  const [line, ...more] = written('debug', [notice])
  expect(more).toEqual([])
  expect(JSON.parse(line)).toMatchObject({
    level,
    kind: notice.kind,
    msg: expect.stringMatching(/./),
    time: expect.stringMatching(/Z$/),
  })
})

test('a level leaves out what is below it', () => {
  const loud = table.filter(([, level]) => level !== 'debug').length
  expect(
    written(
      'info',
      table.map(([notice]) => notice),
    ),
  ).toHaveLength(loud)
})

test('what refuses all tasks is told loudly once, and again when it comes again', () => {
  const refused = (name: string): Notice => ({
    ...{ kind: 'CommitRefused', task: name, code: 'FW_LOG_FULL', message: 'full' },
  })
  const committed = (name: string): Notice => ({ kind: 'EpochCommitted', task: name, ...counts })
  const tasksOf = (notices: readonly Notice[]): unknown[] =>
    written('info', notices).map((line) => JSON.parse(line).task)
  const [a, b] = ['enterprise-0', 'watch']
  expect(tasksOf([refused(a), refused(b)])).toEqual([a])
  expect(tasksOf([refused(a), refused(b), committed(a), refused(a)])).toEqual([a])
  expect(tasksOf([refused(a), refused(b), committed(a), committed(b), refused(b), refused(a)])).toEqual([a, b])
  expect(written('debug', [refused(a), refused(b)])).toHaveLength(2)
})

test('a fault that goes on is told less and less often, with how often it came', () => {
  let nowMs = 0
  const told: { times?: number; level: string }[] = []
  const destination = { write: (line: string) => void told.push(JSON.parse(line)) }
  const listener = logNotices(createLogger({ level: 'info', destination }), () => nowMs)
  const fault = (code: 'FW_LOG_UNAVAILABLE' | 'FW_TASK_FENCED', name: string): void =>
    listener({ kind: 'TaskLost', task: name, code, message: 'away' })
  for (; nowMs < 60_000; nowMs += 1_000) for (const name of ['enterprise-0', 'watch']) fault('FW_LOG_UNAVAILABLE', name)
  expect(told.map(({ times }) => times ?? 1)).toEqual([1, 20, 40]) // at 0, 10 and 30 seconds, of two tasks
  fault('FW_TASK_FENCED', 'watch') // another one is told at once
  expect(told).toHaveLength(4)
  nowMs += 600_000
  fault('FW_LOG_UNAVAILABLE', 'watch') // it was over
  expect(told.at(-1)).not.toHaveProperty('times')
  expect(told).toHaveLength(5)
})

test('each line names the process, and the worker where there are several', () => {
  const lines: unknown[] = []
  const destination = { write: (line: string) => void lines.push(JSON.parse(line)) }
  createLogger({ level: 'info', destination }).info('alone')
  createLogger({ level: 'info', worker: 3, destination }).info('one of several')
  expect(lines).toMatchObject([{ pid: process.pid }, { pid: process.pid, worker: 3 }])
  expect(lines[0]).not.toHaveProperty('worker')
})

test('a fold brings no enterprise into the log', async () => {
  const log = await memoryLog()
  const at = Date.parse('2026-01-01T00:00:00Z')
  for (let k = 0; k < 20; k++)
    await append(log, [
      { topic: 'risk-events', key: 'E77', timeMs: at + k, value: event(`x${k}`, 'E77', '2026-01-01T00:00:00Z') },
    ])
  await append(log, [
    { topic: 'risk-events', key: 'E77', timeMs: at + 90_000_000, value: event('x', 'bad E77', '2026-01-01T00:00:00Z') },
  ])
  const notices: Notice[] = []
  await foldToEnd(log, { profile: tinyProfile, model: tinyModel(tinyProfile) }, (notice) => notices.push(notice))
  const lines = written('debug', notices)
  expect(lines.length).toBe(notices.length)
  expect(lines.join('\n')).not.toContain('E77')
})

test('a line is out before the process is killed', () => {
  const script = `
    import { createLogger, logNotices } from '${fileURLToPath(new URL('../../src/telemetry/logging.ts', import.meta.url))}'
    logNotices(createLogger({ level: 'debug' }))({ kind: 'EpochCommitting', task: 'watch', beats: 1, lastBeat: 9 })
    process.kill(process.pid, 'SIGKILL')`
  const { signal, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })
  expect(signal).toBe('SIGKILL')
  expect(JSON.parse(stderr)).toMatchObject({ kind: 'EpochCommitting', lastBeat: 9 })
})
