/** docs/profiles.md to the letter: its files into an empty folder, its commands, and what it says comes of them. */
import { copyFile, cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
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
/** The commands about another edition, run in a copy of the folder. */
const editions: Ended[] = []

/** The words of each command in the shell blocks of the page. */
function commandsOf(markdown: string): string[][] {
  const blocks = [...markdown.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, text]) => text)
  const lines = blocks.flatMap((text) => text.replaceAll('\\\n', ' ').trim().split('\n'))
  return lines.map((line) => line.trim().split(/\s+/))
}

const isCopy = ([program]: string[]): boolean => program === 'cp'

beforeAll(async () => {
  page = await readDocs()
  folder = await tempFolder()
  for (const [name, text] of filesOf(page)) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true })
    await writeFile(path.join(folder, name), text)
  }
  const [copies, programs] = [isCopy, (words: string[]) => !isCopy(words)].map((pick) => commandsOf(page).filter(pick))
  for (const [, ...names] of copies) {
    const [to] = names.splice(-1)
    for (const name of names) await copyFile(path.join(folder, name), path.join(folder, to, path.basename(name)))
  }
  const all = programs.map(([program, ...args]) => {
    expect(program).toBe('forewarn')
    return args
  })
  const isEdition = ([name]: string[]): boolean => name === 'profile'
  commands = all.filter((args) => !isEdition(args))
  for (const args of commands) ended.push(await forewarn(args, '', folder))

  const copy = await tempFolder()
  await cp(folder, copy, { recursive: true })
  await cp(path.join(copy, 'my-profile'), path.join(copy, 'my-profile-2'), { recursive: true })
  const file = path.join(copy, 'my-profile-2', 'profile.yaml')
  await writeFile(file, (await readFile(file, 'utf8')).replace(/^version: .*$/m, "version: 'changed'"))
  let published = ''
  for (const args of all.filter(isEdition)) {
    const named = args[1] === 'activate' ? args.with(2, published) : args
    const one = await forewarn(named, '', copy)
    editions.push(one)
    if (args[1] === 'publish') published = /\b[0-9a-f]{6,64}\b/.exec(one.out)?.[0] ?? 'no hash'
  }
})

test('another edition is looked at, published, activated and listed, as the page says', () => {
  for (const { code, err } of editions) expect({ code, err }).toEqual({ code: 0, err: '' })
  const [diff, , , list] = editions
  expect(diff.out).toContain('version')
  expect(diff.out).not.toContain('kept')
  expect(list.out).toMatch(/[0-9a-f]{6,}/)
})

test('the page has four commands, and all end well', () => {
  expect(commands.map(([name]) => name)).toEqual(['ingest', 'run', 'ingest', 'run'])
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

function shownRecords(): unknown[] {
  return [...page.matchAll(/^```json\n([\s\S]*?)^```$/gm)].map(([, text]) => JSON.parse(text))
}

test('the list of visits gives places and results, but for the visit where nobody was', async () => {
  expect(ended[2].err).toBe('')
  expect(ended[2].out).toMatch(
    /^Imported 4 enterprise records, 0 grades, 5 risk events, 1 row left out by the profile, known from 2026-03-01T11:00:00.000Z to 2026-03-09T22:00:00.000Z, in /,
  )
  expect(ended[3].out).toMatch(/^9 records, 3 enterprises, 0 scores, 0 alerts, 0 warnings raised, 0 dead letters in /)
  const log = path.join(folder, 'visits-log')
  const events = (await textsIn(log, 'risk-events')).map((text) => JSON.parse(text))
  expect(events.filter(({ enterpriseId }) => enterpriseId === 'H-0002')).toEqual(shownRecords()[1])
  expect(await textsIn(log, 'dead-letters')).toEqual([])
})

test('the first line becomes the record that the page shows', async () => {
  const events = (await textsIn(path.join(folder, 'log'), 'risk-events')).map((text) => JSON.parse(text))
  expect(events).toHaveLength(3)
  expect(events[0]).toEqual(shownRecords()[0])
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
  expect((await readdir(folder)).sort()).toEqual([
    'events.csv',
    'grades.csv',
    'log',
    'my-profile',
    'my-visits',
    'visits-log',
    'visits.csv',
  ])
})
