import { describe, expect, test } from 'vitest'
import { builtInProfiles, loadProfile } from '../../src/settings/profiles.ts'
import { levels } from '../../streams/outputs.ts'
import { type CodeTree, rootIndex, unknownIndex } from '../../streams/tree.ts'

const cn = await loadProfile('cn')
const warn = await loadProfile('us-warn')
const food = await loadProfile('chicago-food')

function count(tree: CodeTree, form: RegExp): number {
  return tree.nodes.filter((node) => form.test(node.code)).length
}

/** Codes from the leaf at which a record with this code counts up to the root. */
function path(tree: CodeTree, code: string): string[] {
  return tree.pathOf(tree.leafOf[tree.find(code)]).map((node) => tree.nodes[node].code)
}

describe('tables', () => {
  // As the Ministry of Civil Affairs counts them: 34, 333 and 2,846. Four groups hold the counties directly under a province.
  test('GB/T 2260 has 34 provinces, 333 prefectures and 4 groups, and 2,846 counties', () => {
    expect(count(cn.regions, /^\d\d0000$/)).toBe(34)
    expect(count(cn.regions, /^\d\d(?!00)\d\d00$/)).toBe(337)
    expect(count(cn.regions, /^\d{4}(?!00)\d\d$/)).toBe(2846)
    const depths = [1, 2, 3].map(
      (depth) => cn.regions.nodes.filter((node) => node.depth === depth && /^\d+$/.test(node.code)).length,
    )
    expect(depths).toEqual([34, 337 + 86, 2846 - 86]) // 86 districts of municipalities have no prefecture above them
  })

  test('counties made in 2021 and later are there', () => {
    const made =
      '330113 330114 350404 350405 350604 350605 410307 410308 431181 450181 513402 520581 532302 610305 610981'
    const later = '654203 659011 659012 540481 540581 653228 653229 460302 460303'
    for (const code of `${made} ${later}`.split(' ')) expect(cn.regions.nodes[cn.regions.find(code)].code).toBe(code)
  })

  test.each([
    ['a county that was merged', '330103', '330105'],
    ['one that was split among two of its prefecture', '330104', '330100'],
    ['one whose name goes on under a new code', '350403', '350404'],
    ['one that became a district', '350427', '350405'],
    ['one that became a city', '540422', '540481'],
    ['one that was renamed twice', '542232', '540581'],
    ['a prefecture that became a district of another', '371200', '370100'],
    ['a prefecture that three others took', '341400', '340000'],
    ['the districts of a city', '330101', '330100'],
    ['the districts of a municipality', '110100', '110000'],
    ['a development zone', '130171', '130100'],
    ['a district newer than the table', '500157', '500000'],
  ])('%s counts at its successor: %s at %s', (_, code, node) => {
    expect(cn.regions.has(code)).toBe(true)
    expect(cn.regions.nodes[cn.regions.find(code)].code).toBe(node)
    expect(cn.regions.nodes[cn.regions.codes.get(code) ?? unknownIndex].code).toBe(node)
  })

  test('each of the 806 codes that are no nodes counts at one of its province', () => {
    expect(cn.regions.others).toHaveLength(806)
    const nodes = new Set(cn.regions.nodes.map(({ code }) => code))
    for (const { code, node, names } of cn.regions.others) {
      expect(nodes.has(code)).toBe(false)
      expect(cn.regions.nodes[node].code.slice(0, 2)).toBe(code.slice(0, 2))
      expect(cn.regions.nodes[node].code).toMatch(/^\d{6}$/)
      expect(names.zh).toMatch(/./)
    }
  })

  test('GB/T 4754 has 20 sections, 97 divisions, 473 groups and 1,381 classes', () => {
    expect([/^[A-T]$/, /^\d\d$/, /^\d{3}$/, /^\d{4}$/].map((form) => count(cn.industries, form))).toEqual([
      20, 97, 473, 1381,
    ])
  })

  test('NAICS has 20 sectors, 99 subsectors, 311 groups, 709 industries and 1,057 national ones', () => {
    const forms = [/^\d\d(-\d\d)?$/, /^\d{3}$/, /^\d{4}$/, /^\d{5}$/, /^\d{6}$/]
    expect(forms.map((form) => count(warn.industries, form))).toEqual([20, 99, 311, 709, 1057])
    expect(count(warn.regions, /^[A-Z]{2}$/)).toBe(52)
  })

  test('Chicago has 60 ZIP codes with food businesses; facility types are gathered into 7 sectors, and 42 chains stand below', () => {
    expect(count(food.regions, /^60\d{3}$/)).toBe(60)
    const depths = [1, 2, 3].map((depth) => food.industries.nodes.filter((node) => node.depth === depth).length)
    expect(depths).toEqual([7 + 1, 30 + 6, 42 + 2]) // with UNKNOWN at each level: what says no more than the node above
    expect(food.regions.nodes.filter(({ centre }) => centre !== undefined)).toHaveLength(59) // 60411 came later
  })

  test.each([
    ['cn regions', cn.regions],
    ['cn industries', cn.industries],
    ['us-warn regions', warn.regions],
    ['us-warn industries', warn.industries],
    ['chicago-food regions', food.regions],
    ['chicago-food industries', food.industries],
  ])('%s: parents stand above, codes go by their parents, names are clean', (_, tree) => {
    for (const { index, code, parent, depth, names } of tree.nodes) {
      if (index === rootIndex) continue
      expect(depth).toBe(tree.nodes[parent].depth + 1)
      expect(Object.keys(names).length).toBeGreaterThan(0)
      for (const name of Object.values(names)) expect(name).toMatch(/^\S(.*\S)?$/)
      if (/^\d{6}$/.test(code) && tree === cn.regions)
        expect(code.slice(0, depth * 2 - 2)).toBe(tree.nodes[parent].code.slice(0, depth * 2 - 2))
      if (/^\d{3,6}$/.test(code) && tree === cn.industries) expect(tree.nodes[parent].code).toBe(code.slice(0, -1))
    }
  })

  test('names that the sources have wrong', () => {
    const named = (tree: CodeTree, code: string): unknown => tree.nodes[tree.find(code)].names
    expect(named(cn.industries, '0712')).toEqual({ zh: '海洋石油开采' })
    expect(named(cn.regions, '429000')).toEqual({
      zh: '湖北省直辖县级行政区划',
      en: 'Hubei directly administered counties',
    })
    expect(named(warn.industries, '31-33')).toEqual({ en: 'Manufacturing' })
    expect(named(warn.industries, '511')).toEqual({ en: 'Publishing Industries (except Internet)' })
  })
})

describe('cells', () => {
  test.each([
    ['a county', '440106', ['440100', '440000', '']],
    ['a prefecture', '440100', ['440100', '440000', '']],
    ['a prefecture without counties', '441900', ['441900', '440000', '']],
    ['a district of a municipality', '110105', ['110105', '110000', '']],
    ['a county directly under a province', '429004', ['429000', '420000', '']],
    ['a province and no more', '440000', ['440000/UNKNOWN', '440000', '']],
    ['a province without prefectures', '710000', ['710000', '']],
    ['an unknown code', '999999', ['UNKNOWN', '']],
    ['UNKNOWN', 'UNKNOWN', ['UNKNOWN', '']],
    ['the root', '', ['UNKNOWN', '']],
  ])('%s', (_, code, expected) => {
    expect(path(cn.regions, code)).toEqual(expected)
  })

  test.each([
    ['1411', ['14', 'C', '']],
    ['C', ['C/UNKNOWN', 'C', '']],
    ['0712', ['07', 'B', '']],
    ['9700', ['97', 'T', '']],
  ])('industry %s', (code, expected) => {
    expect(path(cn.industries, code)).toEqual(expected)
  })

  test('sectors of NAICS', () => {
    expect(path(warn.industries, '335220')).toEqual(['31-33', ''])
    expect(path(warn.industries, '')).toEqual(['UNKNOWN', ''])
  })

  test('facility types and ZIP codes', () => {
    expect(path(food.regions, '60614')).toEqual(['60614', ''])
    expect(path(food.regions, '10001')).toEqual(['UNKNOWN', ''])
    expect(path(food.industries, 'CHAIN ALDI')).toEqual(['CHAIN ALDI', 'GROCERY STORE', 'FOOD RETAIL', ''])
    expect(path(food.industries, 'GROCERY STORE')).toEqual([
      'GROCERY STORE/UNKNOWN',
      'GROCERY STORE',
      'FOOD RETAIL',
      '',
    ])
    expect(path(food.industries, 'OTHER FACILITY')).toEqual(['OTHER FACILITY', ''])
  })

  test.each([cn.regions, cn.industries, warn.regions, warn.industries, food.regions, food.industries])(
    'every node counts at one leaf, whose path ends at the root',
    (tree) => {
      for (const leaf of tree.leafOf) {
        expect(tree.leafOf[leaf]).toBe(leaf)
        expect(tree.pathOf(leaf).at(-1)).toBe(rootIndex)
      }
      expect(tree.leafOf[unknownIndex]).toBe(unknownIndex)
    },
  )
})

describe('what the built-in profiles say', () => {
  test('they are found by name', async () => {
    expect(await builtInProfiles()).toEqual(expect.arrayContaining(['chicago-food', 'cn', 'us-warn']))
  })

  test('outcomes and what is not judged', () => {
    const codes = (pick: (type: (typeof cn.types)[number]) => boolean): string[] =>
      cn.types
        .filter(pick)
        .map((type) => type.code)
        .sort()
    expect(codes((type) => type.outcome)).toEqual([
      'JUD.BANKRUPTCY',
      'JUD.DISHONEST',
      'REG.REVOKE',
      'REG.SERIOUS_LIST',
      'SAF.ACCIDENT',
      'TAX.MAJOR',
    ])
    expect(codes((type) => !type.judged)).toEqual(['EQY.PLEDGE', 'REG.CHANGE'])
    expect(food.types.filter((type) => type.outcome && type.judged).map((type) => type.code)).toEqual(['VIS.CRITICAL'])
    expect(food.types.filter((type) => type.judged).length).toBe(1)
    for (const type of food.types) expect(type.code.split('.')[0]).toBe(food.groups[type.group])
    for (const type of cn.types) expect(type.code.split('.')[0]).toBe(cn.groups[type.group])
    expect(cn.types.length).toBe(30)
  })

  const kinds = 'count severity momentum recency sources amount grade gradeAge gradeWorse peer'.split(' ')
  const units = ['hour', 'day', 'week']
  const keys = [
    ...['region', 'industry', 'cell'].flatMap((axis) => [
      `warning.${axis}`,
      `warning.${axis}.group`,
      `warning.risk.${axis}`,
    ]),
    ...levels.map((level) => `level.${level}`),
    ...units.flatMap((unit) => [`tick.${unit}`, `ticks.${unit}`]),
    ...kinds.flatMap((kind) => [`reason.${kind}`, `moved.${kind}`]),
    'reason.other',
    'risk.behaviour',
    'risk.grades',
    'warning.cluster',
    'explainedByChild',
    'heldInSilence',
    ...['return-after-silence', 'batch-upload', 'one-enterprise', 'spill-over', 'one-source', 'one-type'].map(
      (kind) => `kind.${kind}`,
    ),
    'group.all',
    'notice.driftFeature',
    'notice.driftScore',
  ]
  const known =
    'place industry count expected enterprises level tickUnit topType child group value days grade feature model psi rows lasting rise risky reason moved members ticks'.split(
      ' ',
    )

  test.each([cn, warn, food])('$file.name: every language has every sentence', ({ file, messages }) => {
    for (const language of file.languages) {
      const words = messages.get(language) ?? {}
      expect(Object.keys(words).sort()).toEqual([...keys].sort())
      for (const [key, sentence] of Object.entries(words)) {
        for (const [, placeholder] of sentence.matchAll(/\{(\w+)\}/g)) expect(known, key).toContain(placeholder)
      }
    }
  })

  test.each([cn, warn, food])('$file.name: everything has a name in every language', ({ file }) => {
    for (const one of [...file.eventTypes, ...file.groups, ...file.grades, ...file.sources, ...file.bands]) {
      expect(Object.keys(one.names ?? {}).sort(), one.code).toEqual([...file.languages].sort())
    }
  })

  test('languages use the same placeholders', () => {
    // A language may need one of them twice.
    const of = (language: string, key: string): string[] =>
      [...new Set(Array.from((cn.messages.get(language)?.[key] ?? '').matchAll(/\{\w+\}/g), String))].sort()
    for (const key of keys) expect(of('zh', key), key).toEqual(of('en', key))
  })

  test.each([
    ['91440101MA5CJQ4N59', true],
    ['91350203M0001QAY9B', true],
    ['91440101ma5cjq4n59', false],
    ['9144010IMA5CJQ4N59', false],
    ['91440101MA5CJQ4N5', false],
  ])('cn id %s: %s', (id, isOne) => {
    expect(cn.idPattern.test(id)).toBe(isOne)
  })
})

describe('cn: nodes that are judged', () => {
  const judged = (tree: CodeTree) =>
    tree.nodes.filter(({ depth, code }) => depth > 0 && depth <= 2 && !code.includes('UNKNOWN'))

  test('every one has a name in Chinese and in English, and no other has one in English', () => {
    for (const tree of [cn.regions, cn.industries]) {
      expect(judged(tree).filter(({ names }) => !names.zh || !names.en)).toEqual([])
      expect(tree.nodes.filter(({ depth, names }) => depth > 2 && names.en !== undefined)).toEqual([])
    }
    expect([judged(cn.regions).length, judged(cn.industries).length]).toEqual([34 + 337 + 86, 20 + 97])
  })

  test('no two regions have the same English name, and no two divisions', () => {
    const divisions = judged(cn.industries).filter(({ depth }) => depth === 2)
    for (const nodes of [judged(cn.regions), divisions]) {
      const names = nodes.map((node) => node.names.en)
      expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([])
    }
  })

  test.each([
    [cn.regions, '510100', 'Chengdu'],
    [cn.regions, '110105', 'Chaoyang District, Beijing'],
    [cn.regions, '211300', 'Chaoyang'],
    [cn.regions, '341300', 'Suzhou, Anhui'],
    [cn.regions, '152500', 'Xilingol League'],
    [cn.regions, '654000', 'Ili Kazakh Prefecture'],
    [cn.industries, '62', 'Catering'],
    [cn.industries, '48', 'Civil engineering'],
  ])('name %#', (tree, code, name) => {
    expect(tree.nodes[tree.find(code)].names.en).toBe(name)
  })
})
