/** What a warning says when there is nothing to say: a tick without events has no most frequent type. */
import { expect, it } from 'vitest'
import { cellKeys } from '../../src/cells.ts'
import { lattice } from '../../src/watch/lattice.ts'
import { CountStatistic, told } from '../../src/watch/statistics/count.ts'
import { warningOf } from '../../src/watch/warning.ts'
import { without } from '../../src/words.ts'
import { compileProfile } from '../../streams/profile.ts'
import type { Warning } from '../../streams/warnings.ts'
import { ofCounts } from '../support/ofCounts.ts'
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

const words = {
  'warning.cell':
    '{industry} in {place}: {count} events this {tickUnit}, mostly {topType}, {expected} expected, {level}',
}
const profile = compileProfile({ ...tinySource, messages: new Map([['en', words]]) })
const keys = cellKeys(profile)

const statistic = new CountStatistic(profile, lattice(profile, keys))

function warningFrom(counts: { events: number; enterprises: number }, byType: Record<string, number>): Warning {
  const evidence = { ...counts, squares: 0, expected: 2.04, variance: 3, p: 1, q: 1, rateRatio: 0, familySize: 9 }
  const subject = keys.cell(profile.regions.find('P1'), profile.industries.find('X'))
  return warningOf({ profile, keys, model: null, foldVersion: 1, beatMs: 1_000 }, statistic, {
    one: { subject, axis: 'cell', evidence },
    detail: told(evidence, { byType, withheld: 0 }),
    change: 'level',
    level: 'calm',
    levelBefore: 'blue',
    tick: 20_000,
    raisedTick: 19_990,
    beat: 1,
    early: false,
    held: false,
    parents: [],
    children: [],
    explainedBy: undefined,
  })
}

it('a cleared warning names no type', () => {
  const { sentences } = warningFrom({ events: 0, enterprises: 0 }, {})
  expect(sentences).toEqual({ en: 'X in P1: 0 events this day, 2 expected, calm' })
})

it.each([
  [1, {}, 'X in P1: 9 events this day, 2 expected, calm'],
  [2, {}, 'X in P1: 9 events this day, 2 expected, calm'],
  [3, { 'PEN.FINE': 9 }, 'X in P1: 9 events this day, mostly PEN.FINE, 2 expected, calm'],
  [0, { 'PEN.FINE': 9 }, 'X in P1: 9 events this day, mostly PEN.FINE, 2 expected, calm'], // of places alone
])('events of %i enterprises: what is told of their types', (enterprises, byType, said) => {
  const warning = warningFrom({ events: 9, enterprises }, { 'PEN.FINE': 9 })
  expect(ofCounts([warning])[0].evidence.byType).toEqual(byType)
  expect(warning.sentences.en).toBe(said)
})
