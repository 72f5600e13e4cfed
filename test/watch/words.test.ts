/** What a warning says when there is nothing to say: a tick without events has no most frequent type. */
import { expect, it } from 'vitest'
import { cellKeys } from '../../src/cells.ts'
import { warningOf } from '../../src/watch/warning.ts'
import { without } from '../../src/words.ts'
import { compileProfile } from '../../streams/profile.ts'
import { tinySource } from '../support/tinyProfile.ts'

it.each([
  ['{count} events this {tickUnit}, mostly {topType}, {level}', '{count} events this {tickUnit}, {level}'],
  ['{count} events, mostly {topType}', '{count} events'],
  ['mostly {topType}, {count} events', '{count} events'],
  [
    '{place}新增{count}起（预期{expected}起），以“{topType}”为主，{level}',
    '{place}新增{count}起（预期{expected}起），{level}',
  ],
  ['{place}: {count} {topType} this {tickUnit}', '{place}: {count} – this {tickUnit}'],
  ['{topType}', '–'],
  ['{count} events, {level}', '{count} events, {level}'],
])('"%s" without a type is "%s"', (template, said) => {
  expect(without(template, 'topType')).toBe(said)
})

it('a cleared warning names no type', () => {
  const words = {
    'warning.cell':
      '{industry} in {place}: {count} events this {tickUnit}, mostly {topType}, {expected} expected, {level}',
  }
  const profile = compileProfile({ ...tinySource, messages: new Map([['en', words]]) })
  const keys = cellKeys(profile)
  const evidence = {
    events: 0,
    enterprises: 0,
    squares: 0,
    expected: 2.04,
    variance: 3,
    p: 1,
    q: 1,
    rateRatio: 0,
    familySize: 9,
  }
  const warning = warningOf(
    { profile, keys, model: null, foldVersion: 1, beatMs: 1_000 },
    {
      node: keys.cell(profile.regions.find('P1'), profile.industries.find('X')),
      axis: 'cell',
      change: 'cleared',
      level: 'calm',
      levelBefore: 'blue',
      tick: 20_000,
      raisedTick: 19_990,
      beat: 1,
      early: false,
      evidence,
      byType: {},
      parents: [],
      children: [],
      explainedBy: undefined,
    },
  )
  expect(warning.sentences).toEqual({ en: 'X in P1: 0 events this day, 2 expected, calm' })
})
