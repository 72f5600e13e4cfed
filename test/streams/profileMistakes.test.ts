/** Profile folders that are changed or broken: the hash, and what is said about each mistake. */
import { execFileSync } from 'node:child_process'
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { ForewarnError } from '../../src/errors.ts'
import { MiB } from '../../src/limits.ts'
import { loadProfile } from '../../src/settings/profiles.ts'
import { writeProfile } from './profileFolder.ts'

describe('hashes', () => {
  test('the same files have the same hash, any changed byte another', async () => {
    const hash = async (change?: (files: Map<string, string>) => void): Promise<string> =>
      (await loadProfile(await writeProfile(change))).hash
    const plain = await hash()
    expect(plain).toMatch(/^[0-9a-f]{64}$/)
    expect(await hash()).toBe(plain)
    for (const name of ['profile.yaml', 'regions.csv', 'industries.csv', 'en.yaml']) {
      expect(await hash((files) => files.set(name, `${files.get(name)}\n`)), name).not.toBe(plain)
    }
    expect(await hash((files) => files.set('notes.txt', 'no part of the profile'))).toBe(plain)
  })
})

/** A feature of what is nearby. */
const nearby = (more: string): string =>
  `features: [{ name: a, kind: nearby, of: [FOOD.CLOSED], halfLifeDays: 9, prior: { rate: 1, events: 1 }, ${more} }]`

describe('mistakes', () => {
  /** The file in which it is, what is changed there into what, and what the error says. */
  const mistakes: [string, string, string, string, string][] = [
    [
      'an unknown group',
      'profile.yaml',
      'FOOD.CLOSED, group: FOOD',
      'FOOD.CLOSED, group: FOOT',
      'eventTypes.1.group: FOOT is none of FOOD',
    ],
    [
      'a type twice',
      'profile.yaml',
      'code: FOOD.CLOSED',
      'code: FOOD.COMPLAINT',
      'eventTypes: FOOD.COMPLAINT stands twice',
    ],
    [
      'a bad regular expression',
      'profile.yaml',
      'H-\\d{4}',
      'H-(',
      'enterpriseId.pattern: H-( is no regular expression',
    ],
    [
      'brackets the wrong way round',
      'profile.yaml',
      'H-\\d{4}',
      'a)|(b',
      'enterpriseId.pattern: a)|(b is no regular expression',
    ],
    [
      'an unknown level',
      'profile.yaml',
      'regionLevels: [town]',
      'regionLevels: [province]',
      'warnings.regionLevels: province is none of town',
    ],
    ['a wrong type', 'profile.yaml', 'severity: 5', 'severity: grave', 'eventTypes.1.severity: Invalid input'],
    [
      'an unknown setting',
      'profile.yaml',
      'model: null',
      'model: null\ncolour: red',
      'the file: Unrecognized key: "colour"',
    ],
    ['an unknown unit', 'profile.yaml', 'unit: day', 'unit: month', 'tick.unit: Invalid option'],
    [
      'a key twice',
      'profile.yaml',
      'model: null',
      'model: null\nmodel: other',
      'profile.yaml: Map keys must be unique',
    ],
    ['no YAML', 'profile.yaml', 'languages: [en]', 'languages: [en', 'profile.yaml: '],
    [
      'a missing language file',
      'profile.yaml',
      'languages: [en]',
      'languages: [en, zh]',
      'languages: there is no zh.yaml beside the profile',
    ],
    ['a language that is none of them', 'profile.yaml', 'language: en', 'language: zh', 'language: zh is none of en'],
    [
      'a missing table',
      'profile.yaml',
      'file: regions.csv',
      'file: towns.csv',
      'regions.file: there is no towns.csv beside the profile',
    ],
    ['a table elsewhere', 'profile.yaml', 'file: regions.csv', 'file: ../regions.csv', 'regions.file: Invalid string'],
    [
      'an unknown field in a mapping',
      'profile.yaml',
      '      region: town',
      '      regoin: town',
      'files.risk-events.fields.regoin: no such field in the contract',
    ],
    [
      'a mapping that lacks a field',
      'profile.yaml',
      '      id: {',
      '      retracts: {',
      'files.risk-events.fields: id is missing',
    ],
    [
      'a mapping of no kind',
      'profile.yaml',
      '  credit-grades:\n    fields:',
      '  stars:\n    fields:',
      'files.stars.as: is missing, one of enterprises, credit-grades, risk-events',
    ],
    [
      'a mapping of another kind than its name',
      'profile.yaml',
      '  credit-grades:\n    fields:',
      '  credit-grades:\n    as: enterprises\n    fields:',
      'files.credit-grades.as: enterprises, but a mapping of this name is of credit-grades',
    ],
    [
      'a mapping of an unknown kind',
      'profile.yaml',
      '  credit-grades:\n    fields:',
      '  stars:\n    as: grades\n    fields:',
      'files.stars.as: Invalid option',
    ],
    [
      'attributes of a kind that has none',
      'profile.yaml',
      '  credit-grades:\n    fields:',
      '  credit-grades:\n    attributes: { star: star }\n    fields:',
      'files.credit-grades.attributes.star: records of credit-grades have no attributes',
    ],
    [
      'an unknown field in one of several records',
      'profile.yaml',
      '  risk-events:\n    fields:',
      '  risk-events:\n    records: [{}, { fields: { sort: what } }]\n    fields:',
      'files.risk-events.records.1.fields.sort: no such field in the contract',
    ],
    [
      'one of several records that lacks a field',
      'profile.yaml',
      '      id: { from: no,',
      '      retracts: { from: no,',
      'files.risk-events.fields: id is missing',
    ],
    [
      'no record at all',
      'profile.yaml',
      '  risk-events:\n    fields:',
      '  risk-events:\n    records: []\n    fields:',
      'files.risk-events.records: Too small',
    ],
    [
      'a condition of nothing',
      'profile.yaml',
      '  risk-events:\n    fields:',
      '  risk-events:\n    when: { what: {} }\n    fields:',
      'files.risk-events.when.what: atLeast, atMost, oneOf or blank is needed',
    ],
    [
      'an unknown condition',
      'profile.yaml',
      '  risk-events:\n    fields:',
      '  risk-events:\n    records: [{ when: { what: { is: closed } } }]\n    fields:',
      'files.risk-events.records.0.when.what: Unrecognized key: "is"',
    ],
    [
      'hours added to what is no instant',
      'profile.yaml',
      "prefix: { text: 'e-' }",
      'addHours: 2',
      'files.risk-events.fields.id.addHours: needs as: instant',
    ],
    [
      'an unknown step of a rule',
      'profile.yaml',
      "prefix: { text: 'e-' }",
      'suffix: x',
      'files.risk-events.fields.id: Unrecognized key: "suffix"',
    ],
    [
      'a step from what is no number',
      'profile.yaml',
      'steps: [{ from: 0, value: 1 }',
      "steps: [{ from: '0', value: 1 }",
      'files.risk-events.fields.severity.steps.0.from: Invalid input: expected number, received string',
    ],
    [
      'steps that are no list',
      'profile.yaml',
      'steps: [{ from: 0, value: 1 }, { from: 3, value: 3 }, { from: 10, value: 5 }]',
      'steps: 3',
      'files.risk-events.fields.severity.steps: Invalid input: expected array, received number',
    ],
    [
      'a column that is none',
      'profile.yaml',
      '{ from: licence, upperCase: true }',
      '{ from: 3, upperCase: true }',
      'files.risk-events.fields.enterpriseId.from: Invalid input: expected string, received number',
    ],
    [
      'a rule of a list',
      'profile.yaml',
      '      region: town',
      '      region: [town, { from: town, trimTo: region }]',
      'files.risk-events.fields.region.1.trimTo: Invalid option: expected one of "regions"|"industries"',
    ],
    [
      'a form of dates that is none',
      'profile.yaml',
      'occurredAt: { from: day, as: instant }',
      'occurredAt: { from: day, as: instant, formats: [dd/mm/yyyy] }',
      'files.risk-events.fields.occurredAt.formats.0: must be iso, epochSeconds, epochMilliseconds, or a form such as d/M/yyyy HH:mm',
    ],
    [
      'a latest time without a zone',
      'profile.yaml',
      'model: null',
      "model: null\nknownAtMax: '2026-08-08'",
      'knownAtMax: "2026-08-08" is no instant with a zone, such as 2026-08-03T09:15:00Z',
    ],
    [
      'a status that means both',
      'profile.yaml',
      'grades:\n',
      'statuses: { active: [open], closed: [Open] }\ngrades:\n',
      'statuses: Open is both active and closed',
    ],
    [
      'a time of becoming known without a column',
      'profile.yaml',
      '  risk-events:\n    fields:',
      '  risk-events:\n    knownAt: { addHours: 2 }\n    fields:',
      'files.risk-events.knownAt.from: Invalid input',
    ],
    [
      'a time of becoming known for some records only',
      'profile.yaml',
      '  risk-events:\n    fields:',
      '  risk-events:\n    records: [{ knownAt: { from: published } }, {}]\n    fields:',
      'files.risk-events.records.1.knownAt: all records of a file say when they became known, or none does',
    ],
    [
      'no false alarm at all',
      'profile.yaml',
      'counts: 0.5',
      'counts: 0',
      'warnings.budget.counts: Too small: expected number to be >0',
    ],
    [
      'rates around of another axis',
      'profile.yaml',
      'halfLivesDays: [7, 30, 90]',
      `halfLivesDays: [7, 30, 90]\n${nearby('axis: industry, per: [FOOD.COMPLAINT], around: { km: 3, events: 5 }')}`,
      'features.0.around: is for rates by region, with per',
    ],
    [
      'rates around of regions without centres',
      'profile.yaml',
      'halfLivesDays: [7, 30, 90]',
      `halfLivesDays: [7, 30, 90]\n${nearby('axis: region, per: [FOOD.COMPLAINT], around: { km: 3, events: 5 }')}`,
      'features.0.around: no region has lat and lon',
    ],
    [
      'a level of the whole',
      'profile.yaml',
      'halfLivesDays: [7, 30, 90]',
      `halfLivesDays: [7, 30, 90]\n${nearby('axis: whole, level: town')}`,
      'features.0.level: is for a region or an industry',
    ],
    [
      'a level of the other tree',
      'profile.yaml',
      'halfLivesDays: [7, 30, 90]',
      `halfLivesDays: [7, 30, 90]\n${nearby('axis: industry, level: town')}`,
      'features.0.level: town is none of branch',
    ],
    [
      'rates of a grade that are counts',
      'profile.yaml',
      'halfLivesDays: [7, 30, 90]',
      `halfLivesDays: [7, 30, 90]\n${nearby('axis: region, sameGrade: { events: 2 }')}`,
      'features.0.sameGrade: is for rates, with per',
    ],
    [
      'half a centre',
      'regions.csv',
      'code,parent,name_en\nEAST,,East Harbour\nOLD,,Old Harbour\nWEST,,West Harbour',
      'code,parent,name_en,lat,lon\nEAST,,East Harbour,41,',
      'regions.file: row 1: lat and lon go together',
    ],
    [
      'a centre off the earth',
      'regions.csv',
      'code,parent,name_en\nEAST,,East Harbour\nOLD,,Old Harbour\nWEST,,West Harbour',
      'code,parent,name_en,lat,lon\nEAST,,East Harbour,91,north',
      'regions.file: row 1: lat: Too big: expected number to be <=90; lon: Invalid input',
    ],
    [
      'a bad parent',
      'regions.csv',
      'OLD,,',
      'OLD,NOWHERE,',
      'regions.file regions.csv: row 2: parent NOWHERE of OLD is not above it',
    ],
    ['a code twice', 'industries.csv', '2,,', '1,,', 'industries.file industries.csv: code 1 stands twice'],
    [
      'a code that counts nowhere',
      'regions.csv',
      'code,parent,name_en\nEAST,,East Harbour\nOLD,,Old Harbour\nWEST,,West Harbour',
      'code,parent,name_en,counts_at\nEAST,,East Harbour,\nGONE,,Gone,SOUTH',
      'regions.file regions.csv: row 2: GONE counts at SOUTH, which is no node of the tree',
    ],
    [
      'a code that counts at one that counts elsewhere',
      'regions.csv',
      'code,parent,name_en\nEAST,,East Harbour\nOLD,,Old Harbour\nWEST,,West Harbour',
      'code,parent,name_en,counts_at\nEAST,,East Harbour,\nGONE,,Gone,EAST\nPAST,,Past,GONE',
      'regions.file regions.csv: row 3: PAST counts at GONE, which is no node of the tree',
    ],
    [
      'a node that counts elsewhere too',
      'regions.csv',
      'code,parent,name_en\nEAST,,East Harbour\nOLD,,Old Harbour\nWEST,,West Harbour',
      'code,parent,name_en,counts_at\nEAST,,East Harbour,\nEAST,,East,EAST',
      'regions.file regions.csv: code EAST stands twice',
    ],
    [
      'a code that counts elsewhere and has a parent',
      'regions.csv',
      'code,parent,name_en\nEAST,,East Harbour\nOLD,,Old Harbour\nWEST,,West Harbour',
      'code,parent,name_en,counts_at\nEAST,,East Harbour,\nGONE,EAST,Gone,EAST',
      'regions.file regions.csv: row 2: GONE counts at EAST, and has a parent',
    ],
    [
      'a tree too deep',
      'regions.csv',
      'OLD,,',
      'OLD,EAST,',
      'regions.file regions.csv: code OLD is deeper than the levels town',
    ],
    ['a line too short', 'regions.csv', 'OLD,,Old Harbour', 'OLD', 'regions.file: Invalid Record Length'],
    ['a missing column', 'regions.csv', 'parent', 'above', 'regions.file: the columns code and parent are needed'],
    [
      'a sentence that is no text',
      'en.yaml',
      "'(explained by {child})'",
      '[1]',
      'en.yaml: explainedByChild: Invalid input',
    ],
  ]
  test.each(mistakes)('%s', async (_, name, from, to, says) => {
    const folder = await writeProfile((files) => {
      const text = files.get(name) ?? ''
      expect(text).toContain(from)
      files.set(
        name,
        text.replace(from, () => to),
      )
    })
    const error: unknown = await loadProfile(folder).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(ForewarnError)
    expect(error).toMatchObject({
      code: 'FW_PROFILE_INVALID',
      message: expect.stringContaining(`${folder} is not valid: ${says}`),
    })
  })

  test('several mistakes are told together, five at most', async () => {
    const folder = await writeProfile((files) => files.set('profile.yaml', 'name: X'))
    await expect(loadProfile(folder)).rejects.toThrow(
      /name: .*; version: .*; about: .*; language: .*; languages: .*; and \d+ more/,
    )
  })

  test('a sentence that another language has', async () => {
    const folder = await writeProfile((files) => {
      files.set('profile.yaml', (files.get('profile.yaml') ?? '').replace('languages: [en]', 'languages: [en, zh]'))
      files.set('zh.yaml', (files.get('en.yaml') ?? '').replace(/^tick.day.*\n/m, ''))
    })
    await expect(loadProfile(folder)).rejects.toThrow('zh.yaml: tick.day is missing, en.yaml has it')
  })

  /** What stands in the place of a file. The last one says that it is an empty file, and goes on for gigabytes. */
  const strange: [string, (file: string) => Promise<void>, string][] = [
    ['a folder', async (file) => void (await mkdir(file)), 'is no file'],
    ['a device that never ends', (file) => symlink('/dev/zero', file), 'is no file'],
    ['a pipe on which nobody writes', async (file) => void execFileSync('mkfifo', [file]), 'is no file'],
    ['a file too large', (file) => writeFile(file, Buffer.alloc(8 * MiB + 1)), 'is larger than 8388608 bytes'],
    ['a file without end', (file) => symlink('/proc/self/pagemap', file), 'is larger than 8388608 bytes'],
  ]
  const places = ['regions.csv', 'en.yaml', 'own/model.json']
  test
    .skipIf(process.platform !== 'linux')
    .for(strange.flatMap(([what, put, says]) => places.map((name) => ({ what, put, says, name }))))(
    '$what in the place of $name',
    async ({ put, says, name }) => {
      const folder = await writeProfile((files) => {
        files.set('profile.yaml', (files.get('profile.yaml') ?? '').replace('model: null', 'model: own'))
      })
      await mkdir(path.join(folder, 'own'))
      await writeFile(path.join(folder, 'own/MODEL_CARD.md'), '')
      await rm(path.join(folder, name), { force: true })
      await put(path.join(folder, name))
      await expect(loadProfile(folder)).rejects.toMatchObject({
        code: 'FW_PROFILE_INVALID',
        message: expect.stringContaining(`${path.basename(name)} ${says}`),
      })
    },
  )

  test.skipIf(process.platform !== 'linux')('a folder whose profile.yaml is a device holds no profile', async () => {
    const folder = await writeProfile()
    await rm(path.join(folder, 'profile.yaml'))
    await symlink('/dev/zero', path.join(folder, 'profile.yaml'))
    await expect(loadProfile(folder)).rejects.toMatchObject({ code: 'FW_PROFILE_NOT_FOUND' })
  })

  test.each(['nowhere', './nowhere', '../cn', ''])('%j is not found', async (name) => {
    await expect(loadProfile(name)).rejects.toMatchObject({ code: 'FW_PROFILE_NOT_FOUND' })
  })
})
