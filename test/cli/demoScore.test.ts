/** What the demo says at its end of the outbreaks that were planned. */
import { expect, test } from 'vitest'
import { outbreaksLine, type PlannedOutbreak, type Raise, scoreOutbreaks } from '../../src/cli/run/demoScore.ts'
import { dayMs } from '../../src/limits.ts'
import { newYear2025, smallProfile } from '../simulate/smallProfile.ts'

const profile = smallProfile()
const firstTick = profile.calendar.tickOf(newYear2025)

/** Manufacturing in the first province, from one day to another, both included. */
const outbreak = (fromDay: number, toDay: number): PlannedOutbreak => ({
  region: '110000',
  industry: 'C',
  startTick: firstTick + fromDay,
  endTick: firstTick + toDay,
  start: new Date(newYear2025 + fromDay * dayMs).toISOString(),
  end: new Date(newYear2025 + (toDay + 1) * dayMs).toISOString(),
})
const raise = (day: number, region = '110000', industry = 'C'): Raise => ({
  region,
  industry,
  tickLabel: profile.calendar.label(firstTick + day),
})

const planned = [outbreak(10, 14), outbreak(30, 34), outbreak(50, 54)]
const score = (raises: readonly Raise[], untilDay: number) =>
  scoreOutbreaks(
    { outbreaks: planned, troubles: [], artefacts: [{ ...outbreak(20, 20), region: '130000' }] },
    raises,
    profile,
    newYear2025 + untilDay * dayMs,
  )

test.for<[string, readonly Raise[], number, object]>([
  ['before the first begins', [], 10, { injected: 0, found: 0, underWay: 0, raisedOutside: 0 }],
  ['under way, not found yet', [], 12, { injected: 0, found: 0, underWay: 1, raisedOutside: 0 }],
  ['under way, found', [raise(11)], 12, { injected: 1, found: 1, underWay: 0, raisedOutside: 0 }],
  ['over, missed', [], 15, { injected: 1, found: 0, underWay: 0, raisedOutside: 0 }],
  ['found two days after its end', [raise(16)], 17, { injected: 1, found: 1, underWay: 0, raisedOutside: 0 }],
  ['three days are too late', [raise(17)], 18, { injected: 1, found: 0, underWay: 0, raisedOutside: 1 }],
  ['found above and below', [raise(11, ''), raise(31, '110100', '13')], 40, { injected: 2, found: 2 }],
  ['on an artefact', [raise(20, '130000')], 40, { injected: 2, found: 0, raisedBeside: 1, raisedOutside: 0 }],
  ['elsewhere', [raise(11, '130000')], 40, { injected: 2, found: 0, raisedOutside: 1 }],
])('%s', ([, raises, untilDay, expected], { expect }) => {
  expect(score(raises, untilDay)).toMatchObject(expected)
})

test('one line says it; what is under way is told where there is some', () => {
  expect(outbreaksLine(score([raise(11)], 40))).toBe('outbreaks: 2 begun, 1 warned of in time; 0 warnings touch none')
  expect(outbreaksLine(score([raise(11), raise(20)], 31))).toBe(
    'outbreaks: 1 begun, 1 warned of in time (1 more under way, not warned of yet); 1 warnings touch none',
  )
})
