/** What commands say to a name, a file or a folder that is none: which exit code, in which words, and that nothing is made. */
import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import type { Command } from 'commander'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { runProgram } from '../../src/cli/common.ts'
import { forewarnProgram } from '../../src/cli/program.ts'
import { errorRegistry } from '../../src/errors.ts'
import { openEmbeddedLog } from '../../src/log/embedded/embeddedLog.ts'
import { fileOf, tempFolder, testScreen } from '../ingest/support.ts'
import type { Ended } from '../kafka/commandLine.ts'

afterEach(() => {
  vi.unstubAllEnvs()
})

async function call(words: readonly string[]): Promise<Ended> {
  const screen = testScreen()
  const code = await runProgram(await forewarnProgram(words[0]), words, screen)
  return { code, out: screen.out.text, err: screen.err.text }
}

/** Every command that has no commands of its own, with the words that call it. */
function leaves(command: Command, words: readonly string[] = []): { command: Command; words: readonly string[] }[] {
  if (command.commands.length === 0) return [{ command, words }]
  return command.commands.flatMap((child) => leaves(child, [...words, child.name()]))
}

/** What a command must be given, so that it comes as far as its profile. */
const given: Readonly<Record<string, readonly string[]>> = {
  '--at': ['next'],
  '--budget': ['counts=.2'],
  '--keep': ['fates=1d'],
  '--out': ['FOLDER/out'],
  '--rows': ['FOLDER/rows'],
  digest: ['--through', '2026-01-05'],
  evaluate: ['baseline', '--rows', 'FOLDER/rows'],
  ingest: ['--as', 'risk-events', '-'],
  'models publish': ['baseline'],
  serve: ['--http', '127.0.0.1:0'],
  run: ['--until-end'],
}

function withNeeds({ command, words }: { command: Command; words: readonly string[] }): string[] {
  const needed = command.registeredArguments.flatMap(({ required }) => (required ? ['cn'] : []))
  const options = command.options.flatMap(({ mandatory, long }) =>
    mandatory && long != null ? [long, ...(given[long] ?? [])] : [],
  )
  return [...words, ...(given[words.join(' ')] ?? needed), ...options]
}

// `doctor` says it as one of its checks, `config` what would hold for a run.
const asking = leaves(await forewarnProgram(undefined))
  .filter(({ command, words }) => command.options.some(({ long }) => long === '--profile') && words.length > 0)
  .filter(({ words }) => !['doctor', 'config'].includes(words.join(' ')))

test('of the commands nearly all take a profile', () => {
  expect(asking.length).toBeGreaterThanOrEqual(25)
})

test.each(asking.map((one) => [one.words.join(' '), withNeeds(one)] as const))(
  'forewarn %s with an unknown profile: 2, and no log is made',
  async (_, words) => {
    const folder = await tempFolder()
    vi.stubEnv('FOREWARN_LOG', `embedded:${path.join(folder, 'log')}`)
    const { code, out, err } = await call([
      ...words.map((word) => word.replace('FOLDER', folder)),
      '--profile',
      path.join(folder, 'nosuch'),
    ])
    expect({ code, out }).toEqual({ code: 2, out: '' })
    const { remedy } = errorRegistry.FW_PROFILE_NOT_FOUND
    expect(err).toMatch(/^error FW_PROFILE_NOT_FOUND: There is no profile .*nosuch\.\n/)
    expect(err).toContain(`\n  ${remedy}\n`)
    expect(existsSync(path.join(folder, 'log'))).toBe(false)
  },
)

test.each([
  'models publish baseline',
  'profile publish cn',
  'promote abcd --at next',
  'challenge abcd --at next',
  'rollback --at next',
  'profile activate abcd --at next',
  'prune --keep fates=1d --yes',
  'upgrade --yes',
  'dead-letters redrive --yes',
  'ingest --abandon',
])('forewarn %s: where there is no log none is made', async (words) => {
  const log = path.join(await tempFolder(), 'log')
  const { code, out, err } = await call([...words.split(' '), '--log', `embedded:${log}`])
  expect({ code, out }).toEqual({ code: 1, out: '' })
  expect(err).toMatch(/^error FW_LOG_NOT_FOUND: There is no log at /)
  expect(existsSync(log)).toBe(false)
})

describe('a log from which nothing was folded', () => {
  test.each([
    'prune --keep fates=1d',
    'upgrade',
    'explain X',
    'extract --out FOLDER/rows',
    'policy --budget counts=.2',
  ])('forewarn %s says so', async (words) => {
    const folder = await tempFolder()
    const log = path.join(folder, 'log')
    await (await openEmbeddedLog({ path: log, mode: 'write' })).close()
    const asked = [...words.replace('FOLDER', folder).split(' '), '--log', `embedded:${log}`]
    const { code, err } = await call(asked)
    expect(code).toBe(1)
    expect(err).toMatch(/^error FW_NOT_FOLDED: The log embedded:.* has nothing to tell yet: /)
  })
})

describe('a file that is none', () => {
  const files = [
    ['NOWHERE', /nowhere cannot be read: there is no such file or folder\.\n/],
    ['FOLDER', /cannot be read: it is a folder\.\n/],
  ] as const
  test.each(
    [
      'ingest --as risk-events FILE',
      'import FILE --rows FOLDER/rows --out FOLDER/out',
      'backtest --series FILE',
      'backtest --truth FILE',
    ].flatMap((words) => files.map(([what, says]) => [words, what, says] as const)),
  )('forewarn %s, %s: 2, in words', async (words, what, says) => {
    const folder = await tempFolder()
    vi.stubEnv('FOREWARN_LOG', `embedded:${path.join(folder, 'log')}`)
    const rows = path.join(folder, 'rows')
    await mkdir(rows)
    const file = what === 'FOLDER' ? rows : path.join(folder, 'nowhere')
    const { code, err } = await call(words.replace('FILE', file).replaceAll('FOLDER', folder).split(' '))
    expect(code).toBe(2)
    expect(err).toMatch(/error FW_USAGE: /)
    expect(err).toMatch(says)
  })

  test('a truth that is no JSON: 2', async () => {
    const file = await fileOf(await tempFolder(), 'truth.json', 'truth')
    const { code, err } = await call(['backtest', '--truth', file])
    expect(code).toBe(2)
    expect(err).toContain(`--truth ${file} is no truth.json of a simulated market: `)
  })
})

test.each([
  ['contradictions --kind nosuch', /Allowed choices are riskier, safer\./],
  ['demo --days 0', /^error FW_USAGE: --days must be a whole number of at least 1, not 0\.\n/],
  ['run --workers 2 --log embedded:nosuch', /^error FW_USAGE: --workers needs a log on Kafka/],
  ['score nosuch --rows nosuch --out nosuch', /^error FW_MODEL_NOT_FOUND: There is no model nosuch\./],
] as const)('forewarn %s: 2', async (words, says) => {
  const { code, out, err } = await call(words.split(' '))
  expect({ code, out }).toEqual({ code: 2, out: '' })
  expect(err).toMatch(says)
})
