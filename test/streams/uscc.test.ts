import { expect, test } from 'vitest'
import { usccCheckCharacter, usccValid } from '../../streams/uscc.ts'

test.each(['91440101MA5CJQ4N59', '91330100799655058B'])('%s is valid', (id) => {
  expect(usccValid(id)).toBe(true)
  expect(usccCheckCharacter(id.slice(0, 17))).toBe(id[17])
})

test('a genuine code that fails the check', () => {
  expect(usccValid('91350203M0001QAY9B')).toBe(false)
})

test('any one changed character is seen', () => {
  const id = '91440101MA5CJQ4N59'
  for (let at = 0; at < id.length; at++) {
    const other = id[at] === '7' ? '8' : '7'
    expect(usccValid(id.slice(0, at) + other + id.slice(at + 1))).toBe(false)
  }
})

test.each([
  '',
  '9',
  '91440101MA5CJQ4N5',
  '91440101MA5CJQ4N599',
  '91440101ma5cjq4n59',
  '9144010IMA5CJQ4N59',
  '91440101MA5CJQ4N5９',
  '统一社会信用代码统一社会信用代码统一',
])('%j is none', (id) => {
  expect(usccValid(id)).toBe(false)
})

test('characters outside of the alphabet have no check character', () => {
  for (const bad of ['I', 'O', 'S', 'V', 'Z', 'a', '\u0000', '中', '']) {
    expect(usccCheckCharacter(`${bad}1440101MA5CJQ4N5`.slice(0, bad === '' ? 16 : 17))).toBeUndefined()
  }
})
