/** How registers spell places, industries and statuses, and what of it is read. */
import { describe, expect, test } from 'vitest'
import { loadProfile } from '../../src/settings/profiles.ts'
import { Spellings, speller } from '../../streams/spellings.ts'
import { Statuses, statusReader } from '../../streams/statuses.ts'
import { type CodeTree, codeTree } from '../../streams/tree.ts'

const cn = await loadProfile('cn')
const readIn = (tree: CodeTree, text: string): string => tree.nodes[tree.read(text)].code

test.each([
  ['440106', '440106'],
  ['440106000000', '440106'],
  ['440106012', '440106'],
  ['440100000000', '440100'],
  ['440000000', '440000'],
  ['４４０１０６', '440106'],
  ['　４４０１０６０１２００１ ', '440106'],
  ['110100', '110000'],
  ['310100000000', '310000'],
  ['广东省广州市天河区', '440106'],
  ['广东省 广州市 天河区', '440106'],
  ['广东省/广州市/天河区', '440106'],
  ['广州市天河区', '440106'],
  ['广东省天河区', '440106'],
  ['天河区', '440106'],
  ['北京市', '110000'],
  ['北京市朝阳区', '110105'],
  ['北京市市辖区朝阳区', '110105'],
  ['广州市市辖区', '440100'],
  ['Beijing', '110000'],
  ['朝阳区', 'UNKNOWN'], // in Beijing and in Changchun
  ['鼓楼区', 'UNKNOWN'],
  ['福州市鼓楼区', '350102'],
  ['330113000000', '330113'],
  ['330103001', '330105'], // retired: 330105 has taken its place
  ['杭州市下城区', '330105'],
  ['江干区', '330100'], // was split among two of Hangzhou
  ['杭州市江干区', '330100'],
  ['沙县', '350405'],
  ['桥东区', '130702'], // one of today goes before one of then
  ['4401060', 'UNKNOWN'],
  ['44010601', 'UNKNOWN'],
  ['9999990000000', 'UNKNOWN'],
  ['999999000000', 'UNKNOWN'],
  ['44010600000x', 'UNKNOWN'],
  ['广东', 'UNKNOWN'],
  ['UNKNOWN', 'UNKNOWN'],
  ['440100/UNKNOWN', 'UNKNOWN'],
  [' ', 'UNKNOWN'],
  ['__proto__', 'UNKNOWN'],
])('region %j is %s', (text, code) => {
  expect(readIn(cn.regions, text)).toBe(code)
})

test.each([
  ['5211', '5211'],
  ['F5211', '5211'],
  ['f5211', '5211'],
  ['Ｆ５２１１', '5211'],
  ['F-5211', '5211'],
  ['F 52', '52'],
  ['F', 'F'],
  ['A5211', 'UNKNOWN'], // 5211 is not in section A
  ['6218', '621'],
  ['H6218', '621'],
  ['6218000', '621'],
  ['99', 'UNKNOWN'],
  ['F9999', 'UNKNOWN'],
  ['X5211', 'UNKNOWN'],
  ['农业', '01'],
  ['零售业', '52'],
  ['房地产业', 'K'], // section and its only division have one name
  ['', ''],
])('industry %j is %s', (text, code) => {
  expect(readIn(cn.industries, text)).toBe(code)
})

test('what a profile does not say is not read', () => {
  const tree = codeTree([{ code: '1', parent: '', names: { en: 'East' } }], ['town'], 'town', {})
  expect(['1', '１', '12', 'East', 'A1'].map((text) => tree.read(text))).toEqual([2, 1, 1, 1, 1])
  const read = speller(tree, Spellings.parse({ names: {} }))
  expect(['1', 'east', '12'].map(read)).toEqual([2, 2, 1])
})

describe('statuses', () => {
  test.each([
    ['active', 'active'],
    ['closed', 'closed'],
    ['存续（在营、开业、在册）', 'active'],
    ['存续(在营、开业、在册)', 'active'],
    [' 存 续 ', 'active'],
    ['吊销，未注销', 'closed'],
    ['吊销,已注销', 'closed'],
    ['注销', 'closed'],
    ['迁出', 'closed'],
    ['歇业', 'active'],
    ['在建', undefined],
    ['toString', undefined],
    ['', undefined],
  ])('%j is %s', (text, status) => {
    expect(cn.statusOf(text)).toBe(status)
  })

  test('one word cannot mean both', () => {
    expect(() => statusReader(Statuses.parse({ active: ['注销'], closed: [' 注销'] }))).toThrow(
      'both active and closed',
    )
  })
})
