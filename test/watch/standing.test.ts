import { expect, it } from 'vitest'
import { outbreaks } from '../../models/counts/shiryaevRoberts.ts'
import { type AlertState, calmState, isAtRest, nextState, type Rules } from '../../src/watch/alertState.ts'
import {
  type CountEvidence,
  effectiveEnterprises,
  explainedByChild,
  explainedByParent,
  reduced,
  type Stream,
} from '../../src/watch/statistics/countEvidence.ts'
import { isBelowHalf, levelOf, type Measure } from '../../src/watch/statistics/levels.ts'
import { type Level, Level as LevelContract } from '../../streams/outputs.ts'

/** Up at once; down after 3 quiet ticks. `former`: up after 2 of 3 ticks. */
const rules: Rules = { clearTicks: 3 }
const former: Rules = { clearTicks: 3, sustained: { ticks: 2, ofTicks: 3 } }

/** What each tick called for (`q` behind it: quiet), and where the cell stood after it. */
function walk(text: string, by: Rules): { said: string[]; wanted: string[]; last: AlertState } {
  let standing = calmState
  const rows = text
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
  const said = rows.map(([called]) => {
    const level = LevelContract.parse(called.replace('-q', ''))
    standing = nextState(standing, { called: level, quiet: called.endsWith('-q') }, by)
    return standing.level
  })
  return { said, wanted: rows.map(([, wanted]) => wanted), last: standing }
}

const walks: [what: string, rules: Rules, table: string][] = [
  [
    'raised at once to what is called for',
    rules,
    `
    calm    calm
    yellow  yellow
    blue    yellow
    red     red
    calm    red`,
  ],
  [
    'down one level after three quiet ticks, and three more for the next',
    rules,
    `
    red     red
    calm-q  red
    calm-q  red
    calm-q  orange
    calm-q  orange
    calm-q  orange
    calm-q  yellow
    calm-q  yellow
    calm-q  yellow
    calm-q  blue
    calm-q  blue
    calm-q  blue
    calm-q  calm`,
  ],
  [
    'not lowered where a tick that is not quiet begins the count anew',
    rules,
    `
    red     red
    calm-q  red
    calm-q  red
    calm    red
    calm-q  red
    calm-q  red
    calm-q  orange`,
  ],
  [
    'up again while it goes down',
    rules,
    `
    red     red
    calm-q  red
    calm-q  red
    calm-q  orange
    red     red`,
  ],
  [
    'before budgets: raised when two of three ticks call for it',
    former,
    `
    blue    calm
    calm    calm
    blue    blue`,
  ],
  [
    'before budgets: not when the calls are too far apart',
    former,
    `
    blue    calm
    calm    calm
    calm    calm
    blue    calm`,
  ],
  [
    'before budgets: to the level that two of three reach',
    former,
    `
    orange  calm
    blue    blue
    yellow  yellow
    orange  yellow
    orange  orange`,
  ],
  [
    'before budgets: red at once',
    former,
    `
    calm    calm
    red     red`,
  ],
]

it.each(walks)('a warning is %s', (_, by, table) => {
  const { said, wanted } = walk(table, by)
  expect(said).toEqual(wanted)
})

it('is at rest when nothing of it need be remembered', () => {
  expect(isAtRest(calmState)).toBe(true)
  expect(isAtRest(walk('blue blue', rules).last)).toBe(false)
  expect(isAtRest(walk('blue calm', former).last)).toBe(false)
  expect(isAtRest(walk('blue calm\ncalm calm\ncalm calm\ncalm calm', former).last)).toBe(true)
})

const sizes = { blue: 1.5, yellow: 2, orange: 3, red: 4 }

it('calls for the lesser of what the evidence and the size reach', () => {
  const table: [what: string, Measure, Level][] = [
    ['at the limit', { strength: 1, size: 9 }, 'calm'],
    ['above the limit', { strength: 1.01, size: 9 }, 'blue'],
    ['strong, and too small a rise', { strength: 1e9, size: 1.49 }, 'calm'],
    ['strong, and a small rise', { strength: 1e9, size: 1.5 }, 'blue'],
    ['yellow by both', { strength: 4.1, size: 2 }, 'yellow'],
    ['yellow by its evidence', { strength: 15, size: 40 }, 'yellow'],
    ['orange by its size', { strength: 100, size: 3.9 }, 'orange'],
    ['red', { strength: 64.1, size: 4 }, 'red'],
    ['nothing at all', { strength: 0, size: 0 }, 'calm'],
  ]
  for (const [what, measure, level] of table) expect(levelOf(measure, sizes), what).toBe(level)
})

it('is quiet when either lies below half of what its level asks', () => {
  const table: [Measure, Level, boolean][] = [
    [{ strength: 99, size: 1.24 }, 'blue', true],
    [{ strength: 99, size: 1.25 }, 'blue', false],
    [{ strength: 0.49, size: 9 }, 'blue', true],
    [{ strength: 0.5, size: 9 }, 'blue', false],
    [{ strength: 99, size: 2.49 }, 'red', true],
    [{ strength: 32, size: 2.5 }, 'red', false],
    [{ strength: 31, size: 2.5 }, 'red', true],
    [{ strength: 0, size: 0 }, 'calm', false],
  ]
  for (const [measure, level, quiet] of table)
    expect(isBelowHalf(measure, level, sizes), `${JSON.stringify(measure)} ${level}`).toBe(quiet)
})

const stream = (events: number, expected: number, variance = expected): Stream => ({ events, expected, variance })

it('a child that rises as its parent does is explained by it', () => {
  expect(explainedByParent(stream(20, 10), stream(200, 100))).toBe(true)
  expect(explainedByParent(stream(60, 10), stream(200, 100))).toBe(false)
  expect(explainedByParent(stream(20, 10), stream(50, 100))).toBe(false) // a parent that fell explains no rise
})

it('a parent that is calm without its child is explained by it', () => {
  expect(explainedByChild(stream(160, 100), stream(70, 10), 1.5)).toBe(true)
  expect(explainedByChild(stream(300, 100), stream(70, 10), 1.5)).toBe(false)
  expect(explainedByChild(stream(70, 10), stream(70, 10), 1.5)).toBe(true)
  // Of the parent's spread a part of a half has a quarter: 145 where 100 are expected is too many for a deviation of 14, not of 22.
  expect(explainedByChild(stream(545, 200, 600), stream(400, 100), 1.5)).toBe(false)
  expect(explainedByChild(stream(525, 200, 600), stream(400, 100), 1.5)).toBe(true)
})

const evidence: CountEvidence = {
  ...{ stream: 0, events: 20, expected: 5, variance: 6, p: 1e-6, q: 1e-4, rateRatio: 4, value: 2_000, limit: 250 },
  ...{ before: [3, 5, 9], nodes: 10, familySize: 40, allEvents: 20, allExpected: 5, enterprises: 9, squares: 50 },
}

it('what is taken back weakens evidence as if it had never been counted', () => {
  const left = reduced(evidence, 12, outbreaks)
  expect(left).toMatchObject({ events: 8, rateRatio: 1.6, allEvents: 8 })
  expect(left.value).toBeLessThan(evidence.value / 50)
  expect(left.p).toBeGreaterThan(evidence.p)
  expect(reduced(evidence, 30, outbreaks)).toMatchObject({ events: 0, allEvents: 0, p: 1 })
})

it('the effective number of enterprises is 1 where one brings all, and theirs where all bring alike', () => {
  expect(effectiveEnterprises({ allEvents: 20, squares: 400 })).toBe(1)
  expect(effectiveEnterprises({ allEvents: 20, squares: 20 })).toBe(20)
  expect(effectiveEnterprises({ allEvents: 0, squares: 0 })).toBe(0)
})
