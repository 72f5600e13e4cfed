/** The command: files, one line or JSON on stdout, numbers refused with FW_USAGE. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { simulateCommand } from '../../src/cli/simulate.ts'
import { Truth } from '../../src/simulate/truth.ts'

let directory = ''
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'forewarn-simulate-cli-'))
})
afterAll(async () => rm(directory, { recursive: true }))

async function runCommand(...args: string[]): Promise<string> {
  let printed = ''
  const spy = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += String(text)
    return true
  })
  try {
    await simulateCommand().exitOverride().parseAsync(args, { from: 'user' })
  } finally {
    spy.mockRestore()
  }
  return printed
}

test('writes five files and says so in one line, or as JSON', async () => {
  const args = ['--out', directory, '--enterprises', '300', '--days', '35', '--seed', '4', '--start', '2025-03-01']
  expect(await runCommand(...args)).toMatch(
    /^.*: \d+ enterprise records, \d+ grades, \d+ risk events of 35 days, \d+ outbreaks \(seed 4\)\.\n$/,
  )
  expect((await readdir(directory)).length).toBe(5)
  const truth = Truth.parse(JSON.parse(await readFile(join(directory, 'truth.json'), 'utf8')))
  expect(truth.start).toBe('2025-02-28T16:00:00.000Z')
  expect(JSON.parse(await runCommand(...args, '--json'))).toMatchObject({
    directory,
    outbreaks: truth.outbreaks.length,
  })
})

test('plans trouble and artefacts as asked', async () => {
  const planned = ['--trouble', 'swap:10:2', '--trouble=sick', '--artefact=batch:12', '--no-outbreaks', '--no-silences']
  await runCommand('--out', directory, '--enterprises', '900', '--days', '24', ...planned)
  const truth = Truth.parse(JSON.parse(await readFile(join(directory, 'truth.json'), 'utf8')))
  expect(truth.troubles.filter(({ kind }) => kind === 'swap').map(({ start }) => start)).toEqual([
    '2025-01-10T16:00:00.000Z',
    '2025-01-10T16:00:00.000Z',
  ])
  expect(truth).toMatchObject({ outbreaks: [], silences: [], artefacts: [{ kind: 'batch' }] })
})

test('a start without a zone is of the clocks of the profile, whatever those of the machine say', async () => {
  for (const [start, expected] of [
    ['2025-03-01T06:00', '2025-02-28T22:00:00.000Z'],
    ['2025-03-01T06:00Z', '2025-03-01T06:00:00.000Z'],
  ]) {
    await runCommand('--out', directory, '--enterprises', '20', '--days', '2', '--start', start)
    expect(Truth.parse(JSON.parse(await readFile(join(directory, 'truth.json'), 'utf8'))).start).toBe(expected)
  }
})

test.each([
  ['--enterprises', 'many'],
  ['--enterprises', '0'],
  ['--days', '1.5'],
  ['--trouble', 'flood'],
  ['--trouble', 'swap:x'],
  ['--trouble', 'swap:90'],
  ['--trouble', 'swap:3:0'],
  ['--trouble', 'swap:3:1:1'],
  ['--artefact', 'batch:3:2'],
  ['--artefact', 'return:88'],
  ['--seed', '-3'],
  ['--start', 'soon'],
  ['--start', '1'],
  ['--start', '2025-02-30'],
])('refuses %s %s', async (option, value) => {
  await expect(runCommand('--out', directory, `${option}=${value}`)).rejects.toMatchObject({ code: 'FW_USAGE' })
})
