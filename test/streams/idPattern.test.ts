/** Patterns of ids: whatever the id, an admitted one answers at once; one that would not is refused before it is tried. */
import { expect, it } from 'vitest'
import { idPattern } from '../../streams/idPattern.ts'

it.each([
  ['[0-9A-HJ-NPQRTUWXY]{18}', '91440101MA5CJQ4N59', '91440101MA5CJQ4N5'],
  ['H-\\d{4}', 'H-0001', 'H-00011'],
  ['[A-Z]+-\\d+', 'AB-12', 'AB-'],
  ['(?:91|92)\\d{6,10}', '91000000', '93000000'],
  ['(?<kind>E|P)(?=\\d)\\d{1,12}', 'E1', 'E'],
  ['a|b', 'b', 'ab'],
])('%s is admitted, and an id is the whole of it', (text, id, other) => {
  expect(idPattern(text).test(id)).toBe(true)
  expect(idPattern(text).test(other)).toBe(false)
})

it.each([
  '(a+)+b',
  '(a|a)*b',
  '(a|ab)+c',
  '(\\w+\\d*)+',
  '(.*)*',
  `${'a?'.repeat(30)}${'a'.repeat(30)}`,
  '(a|a){1,40}',
  '.*.*.*x',
  '(?=(a+)+b)a',
])('%s is refused', (text) => {
  expect(() => idPattern(text)).toThrow('too many ways to match')
})

it.each(['a)|(b', '(', '[z-a]', '*'])('%s is no regular expression', (text) => {
  expect(() => idPattern(text)).toThrow(`enterpriseId.pattern: ${text} is no regular expression`)
})
