/** Sources that fall silent and speak again: told once, for the coarsest region, whenever the task was saved and loaded. */
import { expect, it } from 'vitest'
import { cellKeys } from '../../src/cells.ts'
import { SourceWatch } from '../../src/watch/sources.ts'
import { calendar } from '../../streams/calendar.ts'
import type { Profile } from '../../streams/profile.ts'
import { poisson, seeded } from '../models/random.ts'
import { tinyProfile } from '../support/tinyProfile.ts'

const hourly: Profile = { ...tinyProfile, calendar: calendar('hour', 480) }
const places = ['P1', 'P2', 'Q'] as const
type Place = (typeof places)[number]
/** Records of each place in a tick. */
type Day = Readonly<Partial<Record<Place, number>>>

const firstTick = 20_517 // a Monday

/** What is told of the hotline: `25 silent P`. `restart`: the watch is saved and loaded in the middle and at the end of each tick. */
function told(days: readonly Day[], { restart = false, profile = tinyProfile } = {}): string[] {
  const keys = cellKeys(profile)
  const fresh = (): SourceWatch => new SourceWatch(profile, keys, 1_000)
  let watch = fresh()
  const again = (): void => {
    if (!restart) return
    const saved = JSON.stringify(watch.save())
    watch = fresh()
    watch.load(JSON.parse(saved))
  }
  const said: string[] = []
  for (const [day, records] of days.entries()) {
    const beat = day * 10
    for (const place of places) {
      const count = records[place] ?? 0
      const arrival = keys.arrivals(profile.sources.indexOf('hotline'), profile.regions.find(place))
      if (count > 0) watch.hear({ keys: [arrival], deltas: [count] }, beat)
    }
    again()
    for (const { region, silentTicks } of watch.spoke(beat, firstTick + day))
      said.push(`${day} spoke ${region || 'all'} after ${silentTicks}`)
    again()
    for (const { region } of watch.close(firstTick + day)) said.push(`${day} silent ${region || 'all'}`)
    again()
  }
  return said
}

const usual: Day = { P1: 40, P2: 40, Q: 40 }
const days = (count: number, day: Day): Day[] => Array.from({ length: count }, () => day)
const histories: [what: string, history: Day[], said: string[]][] = [
  ['everywhere', [...days(20, usual), ...days(9, {})], ['20 silent all']],
  [
    'everywhere, and back',
    [...days(20, usual), ...days(3, {}), ...days(9, usual)],
    ['20 silent all', '23 spoke all after 3'],
  ],
  ['in a province with both its counties', [...days(20, usual), ...days(5, { Q: 40 })], ['20 silent P']],
  ['in a county', [...days(20, usual), ...days(5, { P1: 40, Q: 40 })], ['20 silent P2']],
  [
    'in a county, then in its province, then everywhere',
    [...days(20, usual), ...days(4, { P1: 40, Q: 40 }), ...days(4, { Q: 40 }), ...days(4, {})],
    ['20 silent P2', '24 silent P', '28 silent all'],
  ],
  [
    'everywhere, and back in one county first: the others are given time',
    [...days(20, usual), ...days(3, {}), { P1: 40 }, ...days(9, usual)],
    ['20 silent all', '23 spoke all after 3'],
  ],
  [
    'everywhere, and one province stays away',
    [...days(20, usual), ...days(3, {}), ...days(5, { P1: 40, P2: 40 })],
    ['20 silent all', '23 spoke all after 3', '24 silent Q'],
  ],
  ['nowhere: the history is too short', [...days(9, usual), ...days(5, {})], []],
  [
    'nowhere: none at all may be chance',
    [...Array.from({ length: 40 }, (_, day): Day => (day % 5 === 0 ? { P1: 1, Q: 1 } : {})), ...days(9, {})],
    [],
  ],
  ['nowhere: one record is no silence', [...days(20, usual), ...days(9, { P1: 1, P2: 1, Q: 1 })], []],
  ['nowhere: it was a stray record', [{ Q: 1 }, ...days(900, { P1: 40, P2: 40 })], []],
  ['nowhere: it rests at weekends', Array.from({ length: 100 }, (_, day) => (day % 7 < 5 ? usual : {})), []],
  [
    'nowhere: it hardly works at weekends, and hardly ever in one county',
    Array.from({ length: 100 }, (_, day) => (day % 7 < 5 ? usual : { Q: day % 3 === 0 ? 1 : 0 })),
    [],
  ],
]

it.each(histories)('a source is silent %s', (_, history, said) => {
  expect(told(history)).toEqual(said)
  expect(told(history, { restart: true })).toEqual(said)
})

it('small means are judged by longer runs, and never flap', () => {
  const random = seeded(3)
  const rare = Array.from({ length: 400 }, (): Day => ({ P1: poisson(random, 0.4), P2: poisson(random, 2), Q: 1 }))
  expect(told(rare)).toEqual([])
  const gone = [...rare, ...days(90, { P2: 2, Q: 1 })]
  const said = told(gone)
  expect(said).toEqual([expect.stringMatching(/^4[1-6]\d silent P1$/)])
  expect(told([...gone, ...days(3, { P1: 1, P2: 2, Q: 1 })])).toEqual([
    ...said,
    expect.stringMatching(/^490 spoke P1 after 9\d$/),
  ])
})

it('by the hour: nights and weekends are no silence, a working day is', () => {
  const works = (hour: number): boolean => hour % 24 >= 8 && hour % 24 < 18 && Math.floor(hour / 24) % 7 < 5
  const hours = Array.from({ length: 24 * 42 }, (_, hour): Day => (works(hour) ? { P1: 9, Q: 9 } : {}))
  expect(told(hours, { profile: hourly })).toEqual([])
  expect(told([...hours, ...days(24 * 14, {})], { profile: hourly })).toEqual([expect.stringMatching(/ silent all$/)])
})
