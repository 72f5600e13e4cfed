/** What of a profile may change in a log that runs, and what it keeps for its whole life. */
import { describe, expect, it, test } from 'vitest'
import { loadProfile } from '../../src/settings/profiles.ts'
import { isSameNumbering, profileChanges, renumbering } from '../../streams/profileChange.ts'
import { writeProfile } from './profileFolder.ts'

type Edit = [file: string, from: string, to: string]

const edited = async (edits: readonly Edit[]) =>
  loadProfile(
    await writeProfile((files) => {
      for (const [file, from, to] of edits) {
        const text = files.get(file) ?? ''
        if (!text.includes(from)) throw new Error(`${file} does not hold ${from}`)
        files.set(file, text.replace(from, to))
      }
    }),
  )
const plain = await loadProfile(await writeProfile())

const mine = 'profile.yaml'
const hotline = '  - { code: HOTLINE, names: { en: Hotline } }\n'
const table = 'code,parent,name_en\nEAST,,East Harbour\nOLD,,Old Harbour\nWEST,,West Harbour\n'
const retired: Edit = [
  'regions.csv',
  table,
  'code,parent,name_en,counts_at\nEAST,,East Harbour,\nWEST,,West Harbour,\nOLD,,Old Harbour,EAST\n',
]
const closed = 'FOOD.CLOSED, group: FOOD, severity: 5, outcome: true, freshDaysMax: 14'
const added = `  - { code: FOOD.FIRE, group: FOOD, severity: 2, freshDaysMax: 7 }\n`
const nearby = `features: [{ name: around, kind: nearby, axis: region, of: [FOOD.CLOSED], halfLifeDays: 9, prior: { rate: 1, events: 1 } }]\nhalfLivesDays`

test.each<[what: string, edits: Edit[], paths: string[]]>([
  [
    'a threshold',
    [[mine, 'blue: { rateRatioMin: 1.5 }', 'blue: { rateRatioMin: 1.6 }']],
    ['warnings.levels.blue.rateRatioMin'],
  ],
  ['a rate ratio', [[mine, 'rateRatioMin: 4', 'rateRatioMin: 5']], ['warnings.levels.red.rateRatioMin']],
  ['how long a warning stays', [[mine, 'clearTicks: 3', 'clearTicks: 5']], ['warnings.clearTicks']],
  ['hysteresis of bands', [[mine, 'bandHysteresis: 0.03', 'bandHysteresis: 0.01']], ['bandHysteresis']],
  ['a sentence', [['en.yaml', 'level.calm: calm', 'level.calm: quiet']], ['words.en.level.calm']],
  ['a new sentence', [['en.yaml', 'level.calm', 'tick.hour: hour\nlevel.calm']], ['words.en.tick.hour']],
  ['the name of a type', [[mine, 'en: complaint', 'en: grievance']], ['eventTypes.FOOD.COMPLAINT.names.en']],
  ['the name of a grade', [[mine, 'en: Gold', 'en: Best']], ['grades.GOLD.names.en']],
  ['a source that is added', [[mine, hotline, `${hotline}  - { code: COURT }\n`]], ['sources.COURT.code']],
  [
    'a type that is added',
    [[mine, 'sources:\n', `${added}sources:\n`]],
    ['code', 'freshDaysMax', 'group', 'judged', 'outcome', 'severity'].map((field) => `eventTypes.FOOD.FIRE.${field}`),
  ],
  [
    'a code that is added, before the others',
    [['regions.csv', 'EAST,', 'AAA,,A Harbour\nEAST,']],
    ['regions.codes.AAA.names.en', 'regions.codes.AAA.parent'],
  ],
  ['a code that counts at another from now on', [retired], ['regions.codes.OLD.counts_at', 'regions.codes.OLD.parent']],
  ['a mapping', [[mine, 'constant: HOTLINE', 'constant: COURT']], ['files.risk-events.fields.source.constant']],
])('may change: %s', async (_, edits, paths) => {
  const to = await edited(edits)
  expect(profileChanges(plain, to).map(({ path }) => path)).toEqual(paths)
  expect(profileChanges(plain, to).filter(({ refused }) => refused !== undefined)).toEqual([])
  expect(() => renumbering(plain, to)).not.toThrow()
})

test.each<[what: string, edits: Edit[], path: string]>([
  ['the profile', [[mine, 'name: harbour', 'name: other']], 'name'],
  ['the severity of a type', [[mine, 'severity: 5', 'severity: 4']], 'eventTypes.FOOD.CLOSED.severity'],
  ['what is fresh', [[mine, 'freshDaysMax: 14', 'freshDaysMax: 15']], 'eventTypes.FOOD.CLOSED.freshDaysMax'],
  ['whether a type is judged', [[mine, closed, `${closed}, judged: false`]], 'eventTypes.FOOD.CLOSED.judged'],
  ['what an outcome is', [[mine, 'outcome: true, ', '']], 'eventTypes.FOOD.CLOSED.outcome'],
  [
    'a type that is gone',
    [
      [mine, /^.*FOOD.CLOSED, group.*\n/m.exec((await files()).get(mine) ?? '')?.[0] ?? '', ''],
      [mine, ', closed: FOOD.CLOSED', ''],
    ],
    'eventTypes.FOOD.CLOSED.code',
  ],
  ['a source that is gone', [[mine, 'code: HOTLINE', 'code: COURT']], 'sources.HOTLINE.code'],
  ['a code that is gone', [['regions.csv', 'OLD,,Old Harbour\n', '']], 'regions.codes.OLD.parent'],
  ['the place of a type in their order', [[mine, 'eventTypes:\n', `eventTypes:\n${added}`]], 'eventTypes'],
  ['the place of a source in their order', [[mine, hotline, `  - { code: COURT }\n${hotline}`]], 'sources'],
  ['another grade', [[mine, '  - { code: PLAIN', '  - { code: FAIR }\n  - { code: PLAIN']], 'grades'],
  ['another band', [[mine, '  - { code: high', '  - { code: middle }\n  - { code: high']], 'bands'],
  ['half-lives', [[mine, 'halfLivesDays: [7, 30, 90]', 'halfLivesDays: [7, 30, 60]']], 'halfLivesDays.2'],
  ['a feature', [[mine, 'halfLivesDays', nearby]], 'features.0.kind'],
  ['the tick', [[mine, 'unit: day', 'unit: week']], 'tick.unit'],
  ['the label', [[mine, 'days: 90, delayDays: 30', 'days: 60, delayDays: 30']], 'label.days'],
  ['which ids there are', [[mine, 'H-\\d{4}', 'H-\\d{5}']], 'enterpriseId.pattern'],
  ['the first champion', [[mine, 'model: null', 'model: baseline']], 'model'],
  ['the detector', [[mine, 'warnings:\n', 'warnings:\n  detector: ears-c1\n']], 'warnings.detector'],
  ['levels of the tree', [[mine, 'levels: [town]', 'levels: [town, street]']], 'regions.levels.1'],
  ['columns of facts', [[mine, 'halfLivesDays', 'factColumns: [people]\nhalfLivesDays']], 'factColumns.0'],
])('is kept: %s', async (_, edits, path) => {
  const refused = profileChanges(plain, await edited(edits)).filter((change) => change.refused !== undefined)
  expect(refused.map((change) => change.path)).toContain(path)
})

async function files(): Promise<Map<string, string>> {
  let found = new Map<string, string>()
  await writeProfile((all) => {
    found = new Map(all)
  })
  return found
}

describe('features of what is nearby', () => {
  const around: Edit = [mine, 'halfLivesDays', nearby]
  test.each<[string, Edit, string]>([
    ['codes', ['regions.csv', 'EAST,', 'AAA,,A Harbour\nEAST,'], 'regions.codes.AAA.parent'],
    ['types', [mine, 'eventTypes:\n', `eventTypes:\n${added}`], 'eventTypes.FOOD.FIRE.code'],
    ['sources', [mine, 'sources:\n', 'sources:\n  - { code: COURT }\n'], 'sources.COURT.code'],
  ])('keep the %s that they count by', async (_, edit, path) => {
    const changes = profileChanges(await edited([around]), await edited([around, edit]))
    expect(changes.find((change) => change.path === path)?.refused).toContain('nearby')
  })
})

it('of the same profile there is none, in order or not', () => {
  expect(profileChanges(plain, plain)).toEqual([])
  expect(isSameNumbering(renumbering(plain, plain))).toBe(true)
})

it('numbers nodes by their code', async () => {
  const to = await edited([retired, ['regions.csv', 'EAST,', 'AAA,,A Harbour,\nEAST,']])
  const { regions, industries } = renumbering(plain, to)
  const [east, old, west] = ['EAST', 'OLD', 'WEST'].map((code) => regions[plain.regions.find(code)])
  expect([east, old, west].map((node) => to.regions.nodes[node].code)).toEqual(['EAST', 'EAST', 'WEST'])
  expect([...industries]).toEqual(plain.industries.nodes.map(({ index }) => index))
})

it('of cn, from the regions of 2020 to those of today, is refused nothing', async () => {
  const today = await loadProfile('cn')
  const then = [...today.earlier.values()][0]()
  expect(profileChanges(then, today).filter(({ refused }) => refused !== undefined)).toEqual([])
  expect(isSameNumbering(renumbering(then, today))).toBe(false)
})
