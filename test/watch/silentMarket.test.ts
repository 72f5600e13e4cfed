/** Silences on a simulated country, by what arrives of each source and prefecture in a day: who falls silent is told, and nobody else. */
import { expect, it } from 'vitest'
import { cellKeys } from '../../src/cells.ts'
import { loadProfile } from '../../src/settings/profiles.ts'
import { simulate } from '../../src/simulate/simulate.ts'
import { SourceWatch } from '../../src/watch/sources.ts'
import { RiskEvent } from '../../streams/contracts.ts'

const profile = await loadProfile('cn')
const keys = cellKeys(profile)
const { regions, calendar } = profile
const start = Date.UTC(2024, 11, 31, 16)
const firstTick = calendar.tickOf(start)
const country = simulate(profile, { enterprises: 3_000, days: 70, seed: 12, start, outbreaks: false })
const days = arrivalsOf()
const emitters = new Set(days.slice(20, 50).flatMap((day) => [...day.keys()].map((key) => keys.arrivalOf(key).source)))

/** Arrivals of each day by (source, region leaf). */
function arrivalsOf(): Map<number, number>[] {
  const found = Array.from({ length: 70 }, (): Map<number, number> => new Map())
  const regionOf = new Map<string, number>()
  for (const { topic, key, text, isObject, knownAtMs } of country.records()) {
    if (!isObject) continue
    if (topic === 'enterprises') regionOf.set(key ?? '', regions.find(JSON.parse(text).region))
    const event = topic === 'risk-events' ? RiskEvent.safeParse(JSON.parse(text)).data : undefined
    if (event === undefined || !profile.typeIndex.has(event.type)) continue
    const source = profile.sourceIndex.get(event.source ?? '') ?? 0
    const region = event.region === undefined ? regionOf.get(event.enterpriseId) : regions.find(event.region)
    const arrival = keys.arrivals(source, regions.leafOf[region ?? regions.find('')])
    const day = found[calendar.tickOf(knownAtMs) - firstTick]
    day?.set(arrival, (day.get(arrival) ?? 0) + 1)
  }
  return found
}

type Told = { source: string; region: string; day: number }

/** What is told if only those arrivals come that `speaks` lets through. */
function told(speaks: (source: number, region: number, day: number) => boolean): Told[] {
  const watch = new SourceWatch(profile, keys, 1_000)
  return days.flatMap((arrivals, day) => {
    const heard = [...arrivals].filter(([key]) => {
      const { source, region } = keys.arrivalOf(key)
      return speaks(source, region, day)
    })
    watch.hear({ keys: heard.map(([key]) => key), deltas: heard.map(([, count]) => count) }, day)
    watch.spoke(day, firstTick + day)
    return watch.close(firstTick + day).map(({ source, region }) => ({ source, region, day }))
  })
}

const isUnder = (region: number, code: string): boolean => regions.pathOf(region).includes(regions.find(code))
/** Whether the simulator itself let the source be silent there. */
const isPlanned = ({ source, region, day }: Told): boolean =>
  country.truth.silences.some(
    (one) =>
      one.source === source &&
      (region === '' || isUnder(regions.leafOf[regions.find(region)], one.region)) &&
      calendar.tickOf(Date.parse(one.start)) - firstTick <= day &&
      day <= calendar.tickOf(Date.parse(one.end)) - firstTick,
  )

it('a quiet country: nobody is told to be silent but who is', () => {
  expect(told(() => true).filter((one) => !isPlanned(one))).toEqual([])
})

it('all sources but one fall silent: each is told within days, for the whole, and for nothing else', () => {
  const environment = profile.sourceIndex.get('ENVIRONMENT')
  const all = told((source, _, day) => day < 50 || source === environment).filter((one) => !isPlanned(one))
  const usual = (source: number): number => days.slice(20, 50).reduce((sum, day) => sum + sumOf(day, source), 0) / 30
  for (const source of emitters) {
    const name = profile.sources[source]
    const found = all.filter((one) => one.source === name)
    if (source === environment) {
      expect(found, name).toEqual([])
      continue
    }
    if (usual(source) < 1) {
      // Of less than one a day twenty silent days say something at the end, if at all, and of the whole alone.
      expect(
        found.filter(({ region, day }) => region !== '' || day < 50 + 14),
        name,
      ).toEqual([])
      expect(found.length, name).toBeLessThanOrEqual(1)
      continue
    }
    expect(found, name).toEqual([{ source: name, region: '', day: expect.any(Number) }])
    expect(found[0].day, name).toBeLessThan(50 + Math.max(2, 16 / usual(source)))
  }
})

const sumOf = (day: ReadonlyMap<number, number>, source: number): number =>
  [...day].reduce((sum, [key, count]) => sum + (keys.arrivalOf(key).source === source ? count : 0), 0)

it('sources fall silent in one province: told for the province alone', () => {
  const all = told((_, region, day) => day < 50 || !isUnder(region, '440000')).filter((one) => !isPlanned(one))
  expect(all.map(({ region }) => region)).toEqual(all.map(() => '440000'))
  expect(all.map(({ source }) => source)).toEqual(
    expect.arrayContaining(['HOTLINE', 'REGISTRY', 'COURTS', 'SENTIMENT']),
  )
  expect(all.find(({ source }) => source === 'HOTLINE')?.day).toBe(50)
})
