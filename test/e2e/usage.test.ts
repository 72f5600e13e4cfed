/** What the command line answers when it is called wrongly, or asked for help. */
import path from 'node:path'
import { expect, test } from 'vitest'
import { runProgram } from '../../src/cli/common.ts'
import { forewarnProgram } from '../../src/cli/program.ts'
import { testScreen } from '../ingest/support.ts'
import { type Ended, Forewarn, forewarn } from './forewarn.ts'
import { expectCalm, expectError, tempFolder } from './support.ts'

const commands = [
  'demo',
  'run',
  'serve',
  'config',
  'contracts',
  'contradictions',
  'backtest',
  'policy',
  'ingest',
  'score',
  'simulate',
  'tail',
  'verify',
  'digest',
  'extract',
  'explain',
  'train',
  'import',
  'evaluate',
  'retrain',
  'models',
  'promote',
  'challenge',
  'rollback',
  'profile',
  'dead-letters',
  'doctor',
  'prune',
  'backup',
  'upgrade',
  'topics',
]

const wrong: readonly (readonly [string, readonly string[]])[] = [
  ['an unknown command', ['forwarn']],
  ['epochs of no records', ['run', '--log', 'embedded:LOG', '--epoch-records', '0']],
  ['checkpoints every abc seconds', ['run', '--log', 'embedded:LOG', '--checkpoint-every', 'abc']],
  ['a speed that is none', ['demo', '--speed', 'fast', '--http', '127.0.0.1:0']],
  ['an unknown option', ['run', '--nosuch']],
  ['an unknown topic', ['tail', 'nosuch']],
  ['an option without its value', ['run', '--profile']],
  ['a missing argument', ['verify']],
  ['a promotion without its tick', ['promote', 'abcd', '--log', 'embedded:LOG']],
  ['a missing option', ['simulate']],
  ['a number that is none', ['simulate', '--out', 'x', '--days', 'many']],
  ['a log of another kind', ['digest', '--log', 'nosuch:x']],
  ['an address that is none', ['run', '--log', 'embedded:LOG', '--http', 'here']],
  ['a live ingest of no kind', ['ingest', '--log', 'embedded:LOG', 'events.ndjson']],
  ['an import of a file of no kind', ['ingest', '--log', 'embedded:LOG', '--known-at', 'knownAt', 'events.ndjson']],
]

test.concurrent.for(wrong)(
  '%s: 2, the reason on standard error, nothing on standard output',
  async ([, args], { expect }) => {
    const folder = await tempFolder()
    const ended = await forewarn(
      args.map((arg) => arg.replace('LOG', path.join(folder, 'log'))),
      '',
      folder,
    )
    expect(ended).toMatchObject({ code: 2, out: '' })
    expect(ended.err).toMatch(/^error/)
    expectCalm(ended.err)
  },
)

test('a command that is nearly right is told its name', async () => {
  expect((await forewarn(['simulat'])).err).toContain('simulate')
})

test('an unknown profile: 2, code and remedy', async () => {
  const log = `embedded:${path.join(await tempFolder(), 'log')}`
  const asked = ['run', 'ingest --as risk-events -', 'verify region.110000.2025-01-01']
  const call = (command: string): Promise<Ended> =>
    forewarn([...command.split(' '), '--log', log, '--profile', 'nosuch'])
  for (const ended of await Promise.all(asked.map(call))) expectError(ended, 'FW_PROFILE_NOT_FOUND', 2)
})

test('a log that is not there: 1, code and remedy', async () => {
  const log = `embedded:${path.join(await tempFolder(), 'nosuch')}`
  const asked = ['tail fates', 'digest', 'verify region.110000.2025-01-01', 'dead-letters list']
  const call = (command: string): Promise<Ended> => forewarn([...command.split(' '), '--log', log])
  for (const ended of await Promise.all(asked.map(call))) expectError(ended, 'FW_LOG_NOT_FOUND')
  const doctor = await call('doctor')
  expect(doctor).toMatchObject({ code: 1, err: '' })
  expect(doctor.out).toContain('fail  log: There is no log at ')
})

test('a command that has failed ends, whatever a library still waits for', async () => {
  const waits = 'setInterval(() => {}, 1_000)'
  expect(await new Forewarn(['digest', '--log', 'nosuch:x'], { preload: waits }).ended).toMatchObject({
    code: 2,
    out: '',
  })
})

test('help: 0, on standard output, for each command', async () => {
  const program = await forewarn(['--help'])
  expect(program).toMatchObject({ code: 0, err: '' })
  for (const command of commands) expect(program.out).toMatch(new RegExp(`^  ${command}\\b`, 'm'))
  const shown = [...program.out.matchAll(/^ {2}([a-z-]+)(?: |$)/gm)].map(([, name]) => name)
  expect(shown.filter((name) => name !== 'help').sort()).toEqual([...commands].sort())

  const asked = [...commands.map((name) => [name]), ['dead-letters', 'list'], ['topics', 'create'], ['topics', 'check']]
  for (const words of asked) {
    const screen = testScreen() // in this process: a start of each would take a while
    const code = await runProgram(await forewarnProgram(words[0]), [...words, '--help'], screen)
    expect({ words, code, err: screen.err.text }).toEqual({ words, code: 0, err: '' })
    expect(screen.out.text).toMatch(new RegExp(`^Usage: forewarn ${words.join(' ')}`))
  }
})

test('version: 0', async () => {
  expect(await forewarn(['--version'])).toMatchObject({ code: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) })
})
