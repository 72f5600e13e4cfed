/** Who begins later than the log, and who comes back, by table: what its events are to the judge, day by day, whenever the task was saved. */
import { expect, it } from 'vitest'
import { cellKeys } from '../../src/cells.ts'
import { NumberSums } from '../../src/sums.ts'
import { Beginnings } from '../../src/watch/beginnings.ts'
import { SourceWatch } from '../../src/watch/sources.ts'
import { calendar } from '../../streams/calendar.ts'
import type { Profile } from '../../streams/profile.ts'
import { tinyProfile } from '../support/tinyProfile.ts'

const places = ['P1', 'P2', 'Q'] as const
type Place = (typeof places)[number]
type Source = 'hotline' | 'court'
/** Records of each source and place in a tick. */
type Day = Readonly<Partial<Record<`${Source} ${Place}`, number>>>

const firstTick = 20_517
const hourly: Profile = { ...tinyProfile, calendar: calendar('hour', 480) }

/** What events of `of` are or would be, as runs of ticks: `0 judged, 20 taught, 34 judged`. `restart`: saved and loaded in the middle and at the end of each tick. */
function roles(
  of: `${Source} ${Place}`,
  days: readonly Day[],
  { restart = false, profile = tinyProfile } = {},
): string {
  const keys = cellKeys(profile)
  const arrivalOf = (what: string): number => {
    const [source, place] = what.split(' ')
    return keys.arrivals(profile.sources.indexOf(source), profile.regions.find(place))
  }
  const fresh = (): { sources: SourceWatch; beginnings: Beginnings } => {
    const sources = new SourceWatch(profile, keys, 1_000)
    return { sources, beginnings: new Beginnings(profile, keys, sources) }
  }
  let tasks = fresh()
  const again = (): void => {
    if (!restart) return
    const saved = JSON.stringify([tasks.sources.save(), tasks.beginnings.save()])
    tasks = fresh()
    const [sources, beginnings] = JSON.parse(saved)
    tasks.sources.load(sources)
    tasks.beginnings.load(beginnings)
  }
  const said: string[] = []
  let last = ''
  for (const [day, records] of days.entries()) {
    const { source, region } = keys.arrivalOf(arrivalOf(of))
    const before = tasks.beginnings.roleOf(source, region)
    const facts = new NumberSums()
    for (const [what, count = 0] of Object.entries(records)) {
      if (count === 0) continue
      facts.add(arrivalOf(what), count)
      tasks.sources.hear({ keys: [arrivalOf(what)], deltas: [count] }, day)
    }
    again()
    const role = tasks.beginnings.roleOf(source, region)
    expect(role, `day ${day}: the same through all of it`).toBe(before)
    if (role !== last) said.push(`${day} ${role}`)
    last = role
    tasks.sources.spoke(day, firstTick + day)
    tasks.beginnings.close(firstTick + day, facts)
    tasks.sources.close(firstTick + day)
    again()
  }
  return said.join(', ')
}

const hotline: Day = { 'hotline P1': 20, 'hotline P2': 20, 'hotline Q': 20 }
const court: Day = { 'court P1': 8, 'court P2': 8, 'court Q': 8 }
const both: Day = { ...hotline, ...court }
const days = (count: number, day: Day): Day[] => Array.from({ length: count }, () => day)
const times = (day: Day, by: number): Day =>
  Object.fromEntries(Object.entries(day).map(([what, count = 0]) => [what, count * by]))

const histories: [what: string, of: `${Source} ${Place}`, history: Day[], said: string][] = [
  ['what begins with the log is judged', 'court Q', days(40, both), '0 judged'],
  ['a log without events begins with the first', 'court Q', [...days(9, {}), ...days(30, both)], '0 judged'],
  ['a source begins later', 'court Q', [...days(20, hotline), ...days(30, both)], '0 judged, 1 taught, 34 judged'],
  ['beside it the other one goes on', 'hotline Q', [...days(20, hotline), ...days(30, both)], '0 judged'],
  [
    'a region begins later',
    'court Q',
    [...days(20, { 'hotline P1': 20, 'court P1': 8 }), ...days(30, both)],
    '0 judged, 1 taught, 34 judged',
  ],
  ['beside it the others go on', 'court P1', [...days(20, { 'court P1': 8 }), ...days(30, both)], '0 judged'],
  [
    'a source begins later in a county',
    'court Q',
    [...days(20, { ...both, 'court Q': 0 }), ...days(30, both)],
    '0 judged, 2 taught, 34 judged',
  ],
  [
    'one that is rare everywhere is only rare there too',
    'court Q',
    [
      ...Array.from({ length: 60 }, (_, day): Day => (day % 9 === 0 ? { ...hotline, 'court P1': 1 } : hotline)),
      ...days(9, both),
    ],
    '0 judged',
  ],
  [
    'a stray record, long before the rest of all',
    'court Q',
    [{ 'court P1': 1 }, ...days(90, {}), ...days(30, both)],
    '0 judged, 1 taught, 105 judged',
  ],
  [
    'stray records here and there',
    'hotline P1',
    [...days(3, { 'court P1': 1 }), ...days(40, {}), { 'hotline Q': 1 }, ...days(40, {}), ...days(30, both)],
    '0 judged, 1 taught, 98 judged',
  ],
  [
    'a stray record, long before the rest of its source',
    'court Q',
    [{ ...hotline, 'court Q': 1 }, ...days(59, hotline), ...days(30, both)],
    '0 judged, 32 taught, 74 judged',
  ],
  [
    'one that sends once a month is not astray once it is known',
    'court Q',
    Array.from({ length: 300 }, (_, day): Day => (day % 40 === 0 ? both : hotline)),
    '0 judged, 32 taught, 54 judged, 72 taught, 94 judged, 112 taught, 134 judged, 152 taught, 174 judged',
  ],
  [
    'a source comes back with what it kept',
    'court Q',
    [...days(30, both), ...days(6, hotline), { ...hotline, ...times(court, 7) }, ...days(20, both)],
    '0 judged, 31 backlog, 39 judged',
  ],
  [
    'its backlog lasts while more than twice the usual comes, and no longer than its silence did',
    'court Q',
    [...days(30, both), ...days(9, hotline), ...days(5, { ...hotline, ...times(court, 4) }), ...days(20, both)],
    '0 judged, 31 backlog, 45 judged',
  ],
  [
    'a higher level that stays is no backlog for ever',
    'court Q',
    [...days(30, both), ...days(9, hotline), ...days(60, { ...hotline, ...times(court, 4) })],
    '0 judged, 31 backlog, 48 judged',
  ],
]

it.each(histories)('%s', (_, of, history, said) => {
  expect(roles(of, history)).toEqual(said)
  expect(roles(of, history, { restart: true })).toEqual(said)
})

it('by the hour a whole week teaches', () => {
  const history = [...days(50, hotline), ...days(400, both)]
  expect(roles('court Q', history, { profile: hourly })).toBe(`0 judged, 1 taught, ${50 + 168} judged`)
})
