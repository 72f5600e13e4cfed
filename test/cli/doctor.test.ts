/** `forewarn doctor` on logs in good and bad state. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runProgram } from '../../src/cli/common.ts'
import { checkPartitioner } from '../../src/cli/log/doctor/inputs.ts'
import { checkTopics } from '../../src/cli/log/doctor/log.ts'
import { checkOpenFiles } from '../../src/cli/log/doctor/machine.ts'
import { checkNode } from '../../src/cli/log/doctor/program.ts'
import { doctorCommand } from '../../src/cli/log/doctor.ts'
import { openEngine } from '../../src/engine.ts'
import { openEmbeddedLog } from '../../src/log/embedded/embeddedLog.ts'
import type { Log } from '../../src/log/port.ts'
import { loadProfile } from '../../src/settings/profiles.ts'
import { tempFolder, testScreen } from '../ingest/support.ts'
import { append, memoryLog } from '../support/fold.ts'

type Found = { code: number; of: (name: string) => string; err: string }

async function doctor(folder: string, ...args: string[]): Promise<Found> {
  const screen = testScreen()
  const code = await runProgram(
    doctorCommand(screen),
    ['--log', `embedded:${folder}`, '--profile', 'us-warn', '--json', ...args],
    screen,
  )
  const checks: { name: string; verdict: string; says: string }[] = JSON.parse(screen.out.text)
  return {
    code,
    err: screen.err.text,
    of: (name) =>
      checks
        .filter((check) => check.name === name)
        .map(({ verdict, says }) => `${verdict} ${says}`)
        .join(),
  }
}

async function withLog(work: (log: Log) => Promise<void>): Promise<string> {
  const folder = await tempFolder()
  const log = await openEmbeddedLog({ path: folder, mode: 'write' })
  await work(log)
  await log.close()
  return folder
}

const command = (id: string, kind: string): Parameters<typeof append>[1][number] => ({
  topic: 'commands',
  key: null,
  timeMs: 0,
  value: { id, actor: 'test', kind },
})

test('a log that was run is well', async () => {
  const profile = await loadProfile('us-warn')
  const folder = await withLog(async (log) => {
    await append(log, [
      {
        topic: 'risk-events',
        key: 'a',
        timeMs: 1_000,
        value: { id: '1', enterpriseId: 'a', type: 'WRN.OTHER', occurredAt: '1970-01-01T00:00:00Z' },
      },
    ])
    const options = {
      log,
      profile,
      model: null,
      beatMs: 1_000,
      slackMs: 0,
      checkpointEveryMs: 0,
      untilEnd: true,
      now: () => 5_000,
      listener: () => {},
    }
    const engine = await openEngine({ ...options, signal: new AbortController().signal })
    await engine.follow()
  })
  const found = await doctor(folder)
  expect(found).toMatchObject({ err: '' })
  expect(found.of('profile')).toMatch(/^ok us-warn/)
  expect(found.of('configuration')).toMatch(/^ok Profile us-warn, beat 1000 ms/)
  expect(found.of('checkpoints')).toMatch(/^ok .* has its newest checkpoint at beat/)
  expect(found.of('import')).toBe('ok None is open.')
  expect(found.of('dead letters')).toBe('ok 0 of 1 records (0.0 %).')
  expect(found.of('writer')).toBe('ok No process writes the log.')
})

test('warns of an import left open, fails on dead letters without end and on another profile', async () => {
  const folder = await withLog(async (log) => {
    const activation = {
      id: 'x',
      actor: 'test',
      kind: 'profile.activate',
      profile: 'other',
      profileHash: 'a'.repeat(64),
      beatMs: 1_000,
      modelHash: null,
      foldVersion: 1,
    }
    await append(log, [
      { topic: 'commands', key: null, timeMs: 0, value: activation },
      command('1', 'import.begin'),
      { topic: 'risk-events', key: null, timeMs: 0, value: 'x' },
    ])
    await log.append('dead-letters', 0, [{ key: null, value: Buffer.from('x') }])
  })
  const found = await doctor(folder)
  expect(found.code).toBe(1)
  expect(found.of('import')).toMatch(/^warn An import is open/)
  expect(found.of('dead letters')).toMatch(/^fail 1 of 1/)
  expect(found.of('configuration')).toMatch(/^fail .*other/)
})

test('log time that leads the clock is told: of records that wait, and of what is folded; inside an import it is nobody’s fault', async () => {
  const profile = await loadProfile('us-warn')
  const value = { id: '1', enterpriseId: 'a', type: 'WRN.OTHER', occurredAt: '2020-01-01T00:00:00Z' }
  const at = (timeMs: number): Parameters<typeof append>[1][number] => ({
    topic: 'risk-events',
    key: 'a',
    timeMs,
    value,
  })
  const fold = async (log: Log): Promise<void> => {
    const setting = { log, profile, model: null, beatMs: 1_000, slackMs: 0, checkpointEveryMs: 0, listener: () => {} }
    const signal = new AbortController().signal
    await (await openEngine({ ...setting, untilEnd: true, now: Date.now, signal })).follow()
  }
  const timeOf = async (...steps: ((log: Log) => Promise<void>)[]): Promise<string> => {
    const folder = await withLog(async (log) => {
      for (const step of steps) await step(log)
    })
    return (await doctor(folder)).of('time')
  }
  const nowMs = Date.now()
  const appended =
    (...records: Parameters<typeof append>[1]) =>
    (log: Log): Promise<void> =>
      append(log, records)
  expect(await timeOf(appended(at(nowMs)), fold)).toBe('ok Log time does not lead the clock.')
  expect(await timeOf(appended(at(nowMs)), fold, appended(at(nowMs + 3_600_000), at(nowMs)))).toMatch(
    /^warn Log time leads the clock by 3[56]\d\d s: records of risk-events, partition 0, wait in enterprise-0/,
  )
  expect(await timeOf(appended(at(nowMs + 7_200_000)), fold)).toMatch(
    /^warn Log time leads the clock by 7[12]\d\d s: what enterprise-0 has folded is ahead/,
  )
  expect(await timeOf(appended(at(nowMs + 7_200_000)), fold, appended(command('1', 'import.begin')))).toBe('')
})

test('retired codes are counted, and are none that nobody knows', async () => {
  const value = { id: 'a', enterpriseId: 'a', type: 'CMP.COMPLAINT', occurredAt: '1970-01-01T00:00:00Z' }
  const folder = await withLog((log) =>
    append(
      log,
      ['330103', '330105', '350427'].map((region) => ({
        ...{ topic: 'risk-events', key: 'a', timeMs: 0 },
        value: { ...value, region },
      })),
    ),
  )
  expect((await doctor(folder, '--profile', 'cn')).of('codes')).toBe(
    'ok cn knows every code in the newest 3 records. 2 of them have retired codes, and count at what took their place.',
  )
})

test('codes that the profile does not know are told, with how often they stand in the newest records', async () => {
  const value = { id: 'a', enterpriseId: 'a', type: 'WRN.OTHER', occurredAt: '1970-01-01T00:00:00Z', region: 'TX' }
  const record = { topic: 'risk-events', key: 'a', timeMs: 0 } as const
  const folder = await withLog((log) =>
    append(log, [
      { ...record, value },
      { ...record, value: 'no json' },
      ...[1, 2, 3].map(() => ({ ...record, value: { ...value, region: 'ZZ', source: 'x\u0007y' } })),
      { topic: 'enterprises', key: 'b', timeMs: 0, value: { id: 'b', region: 'TX', industry: '1', status: 'asleep' } },
    ]),
  )
  expect((await doctor(folder)).of('codes')).toBe(
    'warn Of the newest 6 records some have codes that us-warn does not know: region ZZ (3 records), source x y (3 records), industry 1 (1 record), status asleep (1 record).',
  )
  const well = await withLog((log) => append(log, [{ ...record, value }]))
  expect((await doctor(well)).of('codes')).toBe('ok us-warn knows every code in the newest 1 records.')
})

test('a writer that does not serve is named', async () => {
  const folder = await tempFolder()
  const log = await openEmbeddedLog({ path: folder, mode: 'write' })
  expect((await doctor(folder)).of('writer')).toMatch(new RegExp(`^ok Process ${process.pid} .* without HTTP`))
  log.announce('http://127.0.0.1:9')
  expect((await doctor(folder)).of('writer')).toMatch(/^fail .*does not answer/)
  await log.close()
})

test('no log, a log that is none, a profile that is none', async () => {
  const none = await doctor(await tempFolder())
  expect(none.code).toBe(1)
  expect(none.of('log')).toMatch(/^fail There is no log/)
  const folder = await tempFolder()
  await writeFile(join(folder, 'forewarn.sqlite'), 'x'.repeat(5_000))
  expect((await doctor(folder)).of('log')).toMatch(/^fail .*format/)
  expect((await doctor(folder, '--profile', 'nowhere')).of('profile')).toMatch(/^fail There is no profile/)
})

test('people get lines, with what to do about it', async () => {
  const screen = testScreen()
  expect(await runProgram(doctorCommand(screen), ['--log', `embedded:${await tempFolder()}`], screen)).toBe(1)
  expect(screen.out.text).toMatch(/^ok {4}node: Node 2\d\./)
  expect(screen.out.text).toMatch(/\nfail {2}log: There is no log at .*\n {6}Check --log/)
})

test('an old Node fails', () => {
  expect(checkNode('22.18.0').verdict).toBe('fail')
  expect(checkNode('24.0.0').verdict).toBe('ok')
})

test.each([
  ['Max open files            1024                 524288               files', 'warn'],
  ['Max open files            4096                 524288               files', 'ok'],
  ['Max open files            unlimited            unlimited            files', 'ok'],
  ['Max cpu time              unlimited            unlimited            seconds', 'ok'],
])('open files: %s is %s', (limits, verdict) => {
  expect(checkOpenFiles(limits)).toMatchObject({ name: 'open files', verdict })
})

test('records under keys of other partitions point to the partitioner of a sender', async () => {
  const log = await memoryLog(3)
  await append(log, [{ topic: 'risk-events', key: 'a', timeMs: 0, value: {} }]) // where it belongs
  expect(await checkPartitioner(log)).toMatchObject({ verdict: 'ok' })
  for (const partition of [0, 1, 2])
    await log.append('risk-events', partition, [{ key: 'a', value: Buffer.from('{}') }])
  await log.append('enterprises', 0, [{ key: null, value: Buffer.from('{}') }])
  await log.append('enterprises', 0, [{ key: null, value: Buffer.from('no record') }])
  expect(await checkPartitioner(log)).toMatchObject({
    verdict: 'warn',
    says: expect.stringContaining('Of the newest 5 records 3 '),
  })
})

test('what is wrong with several topics alike is said once', () => {
  const [says, remedy] = ['forgets records after 1 ms', 'Set retention.ms=-1.']
  const of = (topic: string, more: object = {}) => ({ topic, severity: 'fail' as const, says, remedy, ...more })
  const found = checkTopics([of('a'), of('b', { says: 'is missing' }), of('c')])
  expect(found).toMatchObject([
    { verdict: 'fail', says: `each of a, c ${says}.`, remedy },
    { verdict: 'fail', says: 'b is missing.' },
  ])
  expect(checkTopics([])).toMatchObject([{ verdict: 'ok' }])
})
