import { expect, it } from 'vitest'
import { type AlertState, calmState, isAtRest, nextState } from '../../src/watch/alertState.ts'
import {
  type CountEvidence,
  calledLevel,
  explainedByChild,
  explainedByParent,
  isQuiet,
} from '../../src/watch/statistics/countEvidence.ts'
import { type Level, Level as LevelContract } from '../../streams/outputs.ts'
import { tinyProfile } from '../support/tinyProfile.ts'

/** Raise after 2 of 3 ticks; down after 3 quiet ones. */
const policy = tinyProfile.file.warnings

/** What each tick called for (`q` behind it: quiet), and where the cell stood after it. */
function walk(text: string): { said: string[]; wanted: string[]; last: AlertState } {
  let standing = calmState
  const rows = text
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
  const said = rows.map(([called]) => {
    const level = LevelContract.parse(called.replace('-q', ''))
    standing = nextState(standing, { called: level, quiet: called.endsWith('-q') }, policy)
    return standing.level
  })
  return { said, wanted: rows.map(([, wanted]) => wanted), last: standing }
}

const walks: [what: string, table: string][] = [
  [
    'raised when two of three ticks call for it',
    `
    blue    calm
    calm    calm
    blue    blue`,
  ],
  [
    'not when the calls are too far apart',
    `
    blue    calm
    calm    calm
    calm    calm
    blue    calm`,
  ],
  [
    'to the level that two of three reach',
    `
    orange  calm
    blue    blue
    yellow  yellow
    orange  yellow
    orange  orange`,
  ],
  [
    'red at once',
    `
    calm    calm
    red     red`,
  ],
  [
    'red at once from anywhere',
    `
    blue    calm
    blue    blue
    red     red
    calm    red`,
  ],
  [
    'down one level after three quiet ticks, and three more for the next',
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
    'a tick that is not quiet begins the count anew',
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
    'a level once reached is not lowered by lower calls',
    `
    red     red
    blue    red
    blue    red
    blue    red`,
  ],
  [
    'going down, it can go up again',
    `
    red     red
    calm-q  red
    calm-q  red
    calm-q  orange
    red     red`,
  ],
]

it.each(walks)('a warning is %s', (_, table) => {
  const { said, wanted } = walk(table)
  expect(said).toEqual(wanted)
})

it('is at rest when nothing of it need be remembered', () => {
  expect(isAtRest(calmState)).toBe(true)
  expect(isAtRest(walk('blue calm').last)).toBe(false)
  expect(isAtRest(walk('blue calm\ncalm calm\ncalm calm\ncalm calm').last)).toBe(true)
  expect(isAtRest(walk('red red').last)).toBe(false)
})

const evidence = (events: number, expected: number, q: number, enterprises = 10): CountEvidence => ({
  events,
  enterprises,
  squares: events,
  expected,
  variance: expected,
  p: q / 10,
  q,
  rateRatio: events / expected,
  familySize: 10,
})

it('calls for a level by q, by rate ratio and by breadth', () => {
  const table: [what: string, evidence: CountEvidence, children: number, level: Level][] = [
    ['nothing', evidence(10, 10, 1), 0, 'calm'],
    ['too few events', evidence(2, 0.1, 0.0001), 0, 'calm'],
    ['sure, and too small a rise', evidence(14, 10, 0.0001), 0, 'calm'],
    ['a rise, and not sure', evidence(40, 10, 0.1), 0, 'calm'],
    ['blue', evidence(15, 10, 0.09), 0, 'blue'],
    ['blue by its q', evidence(90, 10, 0.09), 0, 'blue'],
    ['yellow', evidence(20, 10, 0.04), 0, 'yellow'],
    ['orange', evidence(30, 10, 0.009), 0, 'orange'],
    ['red', evidence(40, 10, 0.0009), 0, 'red'],
    ['red in two enterprises is orange', evidence(40, 10, 0.0009, 2), 0, 'orange'],
    ['blue with two warned children', evidence(15, 10, 0.09), 2, 'blue'],
    ['blue with three warned children is orange', evidence(15, 10, 0.09), 3, 'orange'],
    ['calm with three warned children', evidence(14, 10, 0.09), 3, 'calm'],
  ]
  for (const [what, one, children, level] of table) expect(calledLevel(one, children, policy), what).toBe(level)
})

it('is quiet below half of the excess that its level asks for', () => {
  const table: [rateRatio: number, level: Level, quiet: boolean][] = [
    [1.24, 'blue', true],
    [1.25, 'blue', false],
    [2.49, 'red', true],
    [2.5, 'red', false],
    [0, 'calm', false],
  ]
  for (const [rateRatio, level, quiet] of table)
    expect(isQuiet(rateRatio, level, policy), `${rateRatio} ${level}`).toBe(quiet)
})

it('a child that rises as its parent does is explained by it', () => {
  expect(explainedByParent(evidence(20, 10, 0.01), evidence(200, 100, 0.001))).toBe(true)
  expect(explainedByParent(evidence(60, 10, 0.01), evidence(200, 100, 0.001))).toBe(false)
  expect(explainedByParent(evidence(20, 10, 0.01), evidence(50, 100, 1))).toBe(false) // a parent that fell explains no rise
})

it('a parent that is calm without its child is explained by it', () => {
  expect(explainedByChild(evidence(160, 100, 0.001), evidence(70, 10, 0.001), policy)).toBe(true)
  expect(explainedByChild(evidence(300, 100, 0.001), evidence(70, 10, 0.001), policy)).toBe(false)
  expect(explainedByChild(evidence(70, 10, 0.001), evidence(70, 10, 0.001), policy)).toBe(true)
  // Of the parent's spread a part of a half has a quarter: 145 where 100 are expected is too many for a deviation of 14, not of 22.
  const spread = { ...evidence(545, 200, 0.001), variance: 600 }
  expect(explainedByChild(spread, evidence(400, 100, 0.001), policy)).toBe(false)
  expect(explainedByChild({ ...spread, events: 525 }, evidence(400, 100, 0.001), policy)).toBe(true)
})
