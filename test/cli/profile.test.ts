/** The commands about profiles, end to end on a small log of the profile of the docs. */
import path from 'node:path'
import { expect, test } from 'vitest'
import { activate, profileToRun } from '../../src/activation.ts'
import { runProgram } from '../../src/cli/common.ts'
import { doctorCommand } from '../../src/cli/log/doctor.ts'
import { explainCommand } from '../../src/cli/log/explain.ts'
import { profileCommand } from '../../src/cli/profile.ts'
import { openEmbeddedLog } from '../../src/log/embedded/embeddedLog.ts'
import { loadProfile } from '../../src/settings/profiles.ts'
import type { Profile } from '../../streams/profile.ts'
import { event, recordsIn, tempFolder, testScreen } from '../ingest/support.ts'
import { writeProfile } from '../streams/profileFolder.ts'
import { foldCalmly } from '../support/calm.ts'

const beatMs = 60_000
const commands = { profile: profileCommand, doctor: doctorCommand, explain: explainCommand } as const

async function forewarn(log: string, name: keyof typeof commands, ...args: string[]) {
  const screen = testScreen()
  const code = await runProgram(commands[name](screen), [...args, '--log', `embedded:${log}`], screen)
  return { code, out: screen.out.text, err: screen.err.text }
}

const changed = (from: string, to: string): Promise<string> =>
  writeProfile((files) => files.set('profile.yaml', (files.get('profile.yaml') ?? '').replace(from, to)))

async function known(folder: string, id: string, timeMs: number, more: object = {}): Promise<void> {
  const log = await openEmbeddedLog({ path: folder, mode: 'write' })
  const occurred = new Date(timeMs).toISOString()
  const value = Buffer.from(JSON.stringify(event(id, 'H-0001', occurred, { type: 'FOOD.COMPLAINT', ...more })))
  await log.append('risk-events', 0, [{ key: 'H-0001', value, timeMs }])
  await log.close()
}

async function fold(folder: string, named: Profile): Promise<void> {
  const log = await openEmbeddedLog({ path: folder, mode: 'write' })
  try {
    await foldCalmly({ log, profile: await profileToRun(log, named), model: null, beatMs })
  } finally {
    await log.close()
  }
}

test('diff, publish, activate: the log goes on with the new one, wherever the old one is', async () => {
  const [old, harsh] = [await writeProfile(), await changed('severity: 5', 'severity: 4')]
  const edition = await changed('sources:\n', 'sources:\n  - { code: COURT }\n')
  const wider = await changed('\nhalfLivesDays', '  - { code: COURT }\n\nhalfLivesDays')
  const [begun, next] = [await loadProfile(old), await loadProfile(wider)]
  const log = await tempFolder()
  const opened = await openEmbeddedLog({ path: log, mode: 'write' })
  const startMs = Date.now() - 5 * 86_400_000
  await activate({ log: opened, profile: begun, model: null, beatMs, now: () => startMs })
  await opened.close()
  await known(log, 'first', startMs)
  await known(log, 'second', Date.now(), { source: 'COURT' })
  await fold(log, begun)

  const of = ['--profile', old]
  expect(await forewarn(log, 'profile', 'diff', wider, ...of)).toMatchObject({
    code: 0,
    out: 'may   sources.COURT.code: - -> "COURT"\n',
  })
  const refused = await forewarn(log, 'profile', 'diff', harsh, ...of, '--json')
  expect(refused.code).toBe(1)
  expect(JSON.parse(refused.out)).toEqual([
    { path: 'eventTypes.FOOD.CLOSED.severity', before: 5, after: 4, refused: expect.stringContaining('kept') },
  ])
  expect((await forewarn(log, 'profile', 'diff', edition, ...of)).out).toContain('kept  sources: ')
  await expect(fold(log, next)).rejects.toMatchObject({ code: 'FW_CONFIG_CHANGED' })

  expect(await forewarn(log, 'profile', 'activate', next.hash, '--at', 'next', ...of)).toMatchObject({
    code: 1,
    err: expect.stringContaining('FW_PROFILE_UNKNOWN'),
  })
  const published = await forewarn(log, 'profile', 'publish', wider, ...of)
  expect(published).toMatchObject({ code: 0, out: `Published ${begun.hash}\nPublished ${next.hash}\n` })
  expect((await forewarn(log, 'profile', 'publish', wider, ...of)).out).toContain(`holds it already: ${next.hash}`)
  await expect(fold(log, next)).rejects.toMatchObject({ code: 'FW_CONFIG_CHANGED' }) // nobody has asked for it

  const tick = begun.calendar.tickOf(Date.now() + 70_000) + 1
  const sent = await forewarn(log, 'profile', 'activate', next.hash.slice(0, 8), '--at', 'next', ...of, '--json')
  expect(JSON.parse(sent.out)).toMatchObject({
    accepted: true,
    kind: 'profile.activate',
    tick: begun.calendar.label(tick),
    hash: next.hash,
  })
  const harshHash = (await loadProfile(harsh)).hash
  await forewarn(log, 'profile', 'publish', harsh, ...of)
  const no = await forewarn(log, 'profile', 'activate', harshHash, '--at', begun.calendar.label(tick + 3), ...of)
  expect(no).toMatchObject({ code: 1, err: expect.stringContaining('FW_PROFILE_MISFIT') })
  expect(no.err).toContain('eventTypes.FOOD.CLOSED.severity')
  const late = await forewarn(log, 'profile', 'activate', next.hash, '--at', begun.calendar.label(tick - 3), ...of)
  expect(late.err).toContain('FW_MODEL_TOO_LATE')

  const listed = async (): Promise<unknown> => JSON.parse((await forewarn(log, 'profile', 'list', ...of, '--json')).out)
  const name = { name: 'harbours', version: '1' }
  const at = begun.calendar.label(tick)
  const there = { hash: harshHash, ...name, state: 'there' }
  expect(await listed()).toEqual([
    { hash: begun.hash, ...name, state: 'in force' },
    { hash: next.hash, ...name, state: 'asked for', at },
    there,
  ])

  await known(log, 'third', begun.calendar.startMs(tick) + 3_600_000, { source: 'COURT' })
  await fold(log, next) // what it was begun with is in the log
  expect(await listed()).toEqual([
    { hash: begun.hash, ...name, state: 'was in force' },
    { hash: next.hash, ...name, state: 'in force', at },
    there,
  ])
  expect((await forewarn(log, 'profile', 'list', '--profile', wider)).out).toContain(`in force from ${at}`)
  const doctor = await forewarn(log, 'doctor', '--profile', wider)
  expect(doctor.out).toContain(`harbours 1 (${next.hash.slice(0, 12)}) since ${at}`)
  await expect(fold(log, await loadProfile(harsh))).rejects.toMatchObject({ code: 'FW_CONFIG_CHANGED' })
  await known(log, 'fourth', begun.calendar.startMs(tick + 1) + 3_600_000)
  await fold(log, begun)
  const then = await forewarn(log, 'explain', 'H-0001', '--at', at, '--profile', wider, '--json')
  expect(JSON.parse(then.out)).toMatchObject({ enterpriseId: 'H-0001', tick })
})

test('what is no profile is refused before anything is sent', async () => {
  const log = await tempFolder()
  const made = await openEmbeddedLog({ path: log, mode: 'write' })
  await made.close()
  const broken = await changed('name: harbours', 'name: [')
  const old = await writeProfile()
  for (const [what, exitCode, code] of [
    [broken, 1, 'FW_PROFILE_INVALID'],
    [path.join(log, 'nowhere'), 2, 'FW_PROFILE_NOT_FOUND'],
  ] as const) {
    expect(await forewarn(log, 'profile', 'publish', what, '--profile', old)).toMatchObject({
      code: exitCode,
      err: expect.stringContaining(code),
    })
  }
  const missing = await forewarn(log, 'profile', 'activate', 'abcd', '--profile', old)
  expect(missing.code).toBe(2)
  const reading = await openEmbeddedLog({ path: log, mode: 'read' })
  expect(await recordsIn(reading, 'artifacts')).toEqual([])
  await reading.close()
})
