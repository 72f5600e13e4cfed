import { describe, expect, test } from 'vitest'
import { calendar, tickUnits } from '../../streams/calendar.ts'

const offsets = [-720, -330, 0, 345, 480, 840]
const instants = [
  '1969-12-31T23:59:59.999Z',
  '1969-12-29T00:00:00Z',
  '1970-01-01T00:00:00Z',
  '1987-09-01T00:00:00Z',
  '2026-08-03T15:59:59.999Z',
  '2028-02-29T16:00:00Z',
]

describe.each(tickUnits)('%s', (unit) => {
  test.each(offsets)('ticks, labels and instants agree at %i minutes', (offset) => {
    const days = calendar(unit, offset)
    for (const ms of instants.map((instant) => Date.parse(instant))) {
      const tick = days.tickOf(ms)
      expect(days.startMs(tick)).toBeLessThanOrEqual(ms)
      expect(days.endMs(tick)).toBeGreaterThan(ms)
      expect(days.endMs(tick) - days.startMs(tick)).toBe(days.tickMs)
      expect(days.tickOf(days.startMs(tick))).toBe(tick)
      expect(days.tickOf(days.endMs(tick) - 1)).toBe(tick)
      expect(days.parse(days.label(tick))).toBe(tick)
    }
  })

  test('what is no label has no tick', () => {
    const days = calendar(unit, 480)
    const bad = [
      '',
      'x',
      '2026',
      '2026-02-30',
      '2026-02-30T10',
      '2026-13-01',
      '2026-13-01T00',
      '2026-01-01T24',
      '20260101',
      '2026-1-1',
    ]
    for (const label of bad) expect(days.parse(label), label).toBeUndefined()
  })

  test('phases of the week go round, before 1970 too', () => {
    const days = calendar(unit, 480)
    for (let tick = -200; tick < 200; tick++) {
      expect(days.weekPhase(tick + 1)).toBe((days.weekPhase(tick) + 1) % days.phasesPerWeek)
    }
  })
})

test.each([
  ['hour', 480, '2026-08-03T16:30:00Z', '2026-08-04T00', 24],
  ['hour', 0, '2026-08-03T16:30:00Z', '2026-08-03T16', 16],
  ['day', 480, '2026-08-02T16:00:00Z', '2026-08-03', 0],
  ['day', 480, '2026-08-02T15:59:59.999Z', '2026-08-02', 6],
  ['day', -300, '2026-08-03T04:59:59.999Z', '2026-08-02', 6],
  ['week', 0, '2026-08-09T23:59:59.999Z', '2026-08-03', 0],
  ['week', 480, '2026-08-09T16:00:00Z', '2026-08-10', 0],
  ['week', 0, '1969-12-31T00:00:00Z', '1969-12-29', 0],
] as const)('a %s at %i minutes: %s is in %s', (unit, offset, instant, label, phase) => {
  const days = calendar(unit, offset)
  const tick = days.tickOf(Date.parse(instant))
  expect(days.label(tick)).toBe(label)
  expect(days.weekPhase(tick)).toBe(phase)
})

test('a week is found by any of its days', () => {
  const weeks = calendar('week', 0)
  expect(weeks.parse('2026-08-05')).toBe(weeks.parse('2026-08-03'))
  expect(weeks.label(weeks.parse('2026-08-05') ?? Number.NaN)).toBe('2026-08-03')
})
