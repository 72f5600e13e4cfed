/** docs/profiles.md to the letter: its files into an empty folder, its commands, and what it says comes of them. */
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { fates } from '../../streams/outputs.ts'
import { filesOf, readDocs } from '../streams/profileFolder.ts'
import { type Ended, forewarn } from './forewarn.ts'
import { expectCalm, tempFolder, textsIn } from './support.ts'

let page: string
let folder: string
let commands: string[][]
const ended: Ended[] = []

/** The words of each command in the shell blocks of the page, without the name of the program. */
function commandsOf(markdown: string): string[][] {
  const blocks = [...markdown.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, text]) => text)
  const lines = blocks.flatMap((text) => text.replaceAll('\\\n', ' ').trim().split('\n'))
  return lines.map((line) => {
    const [program, ...args] = line.trim().split(/\s+/)
    expect(program).toBe('forewarn')
    return args
  })
}

beforeAll(async () => {
  page = await readDocs()
  folder = await tempFolder()
  for (const [name, text] of filesOf(page)) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true })
    await writeFile(path.join(folder, name), text)
  }
  commands = commandsOf(page)
  for (const args of commands) ended.push(await forewarn(args, '', folder))
})

test('the page has two commands, and both end well', () => {
  expect(commands.map(([name]) => name)).toEqual(['ingest', 'run'])
  for (const { code, err } of ended) {
    expect({ code, err }).toMatchObject({ code: 0 })
    expectCalm(err)
  }
})

test('the import takes three events and two grades', () => {
  expect(ended[0].out).toMatch(/^Imported 0 enterprise records, 2 grades, 3 risk events, known from \S+ to \S+, in /)
  expect(ended[0].err).toBe('')
})

test('the fold applies all five', async () => {
  expect(ended[1].out).toMatch(/^5 records, 2 enterprises, 0 scores, 0 alerts, 0 warnings raised, 0 dead letters in /)
  const log = path.join(folder, 'log')
  const rows = (await textsIn(log, 'fates')).flatMap((text): { task: string; kinds: Buffer }[] => {
    const { task, fates: kinds } = JSON.parse(text)
    return [{ task, kinds: Buffer.from(kinds, 'base64') }]
  })
  const applied = rows
    .flatMap(({ kinds }) => [...kinds].map((kind) => fates[kind]))
    .filter((fate) => fate === 'applied')
  const commandsHeld = (await textsIn(log, 'commands')).length
  expect(applied).toHaveLength(5 + commandsHeld)
  expect(await textsIn(log, 'dead-letters')).toEqual([])
})

test('the first line becomes the record that the page shows', async () => {
  const shown = [...page.matchAll(/^```json\n([\s\S]*?)^```$/gm)].map(([, text]) => JSON.parse(text))
  expect(shown).toHaveLength(1)
  const events = (await textsIn(path.join(folder, 'log'), 'risk-events')).map((text) => JSON.parse(text))
  expect(events).toHaveLength(3)
  expect(events[0]).toEqual(shown[0])
})

test('a profile with a mistake is refused as the page says, and a changed one on the same log', async () => {
  const profile = filesOf(page).get('my-profile/profile.yaml') ?? ''
  const file = path.join(folder, 'my-profile/profile.yaml')
  const [, run] = commands
  await writeFile(file, profile.replaceAll('group: FOOD, severity: 5', 'group: FOOT, severity: 5'))
  const mistaken = await forewarn(run, '', folder)
  expect(mistaken).toMatchObject({ code: 1, out: '' })
  const [sentence] = /^The profile .* is not valid: .*$/m.exec(page) ?? ['?']
  expect(mistaken.err).toContain(`error FW_PROFILE_INVALID: ${sentence}\n`)

  await writeFile(file, profile.replace('eventsMin: 3', 'eventsMin: 4'))
  const changed = await forewarn(run, '', folder)
  expect(changed).toMatchObject({ code: 1, out: '' })
  expect(changed.err).toContain('FW_CONFIG_CHANGED')

  await writeFile(file, profile)
  expect(await forewarn(run, '', folder)).toMatchObject({ code: 0 })
  expect((await readdir(folder)).sort()).toEqual(['events.csv', 'grades.csv', 'log', 'my-profile'])
})
