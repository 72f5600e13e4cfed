/** The definitions by which detectors are compared, as tables. Subjects: 1 is the node, 2 lies above it, 9 elsewhere. */
import { describe, expect, test } from 'vitest'
import { type Call, episodes, type Planned, scoreCalls } from '../../models/quality/episodes.ts'

const outbreak: Planned = { startTick: 30, endTick: 34, isNear: (one) => one <= 2, isOwn: (one) => one === 1 }
const call = (subject: number, ...ticks: number[]): Call[] => ticks.map((tick) => ({ subject, tick }))

describe('one outbreak, ticks 30 to 34', () => {
  test.each<[string, Call[], object]>([
    ['nothing is a miss, as late as it is long', [], { found: 0, exact: 0, delayTicks: 5, falseEpisodes: 0 }],
    ['its own node on its first tick', call(1, 30), { found: 1, exact: 1, delayTicks: 0, falseEpisodes: 0 }],
    ['above it, two days in', call(2, 32), { found: 1, exact: 0, delayTicks: 2, falseEpisodes: 0 }],
    ['two ticks after its end', call(1, 36), { found: 1, exact: 1, delayTicks: 5, falseEpisodes: 0 }],
    ['three are too late, and not false', call(1, 37), { found: 0, exact: 0, delayTicks: 5, falseEpisodes: 0 }],
    ['the last pardoned tick', call(1, 51), { falseEpisodes: 0 }],
    ['one after it', call(1, 52), { falseEpisodes: 1 }],
    ['before it', call(1, 29), { found: 0, falseEpisodes: 1 }],
    ['elsewhere', call(9, 31), { found: 0, falseEpisodes: 1 }],
    ['what is pardoned joins nothing', call(1, 29, 30, 53), { falseEpisodes: 2 }],
  ])('%s', (_, calls, expected) => {
    expect(scoreCalls(calls, [outbreak])).toMatchObject({ outbreaks: 1, ...expected })
  })
})

test('calls of one subject with gaps of up to 7 ticks are one episode', () => {
  expect(episodes([...call(1, 17, 10, 24), ...call(2, 10), ...call(1, 32)])).toEqual([
    { subject: 1, startTick: 10, endTick: 24 },
    { subject: 1, startTick: 32, endTick: 32 },
    { subject: 2, startTick: 10, endTick: 10 },
  ])
})
