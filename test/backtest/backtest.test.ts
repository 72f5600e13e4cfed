/** Calls against outbreaks by hand, and that each detector is held to the same number of false episodes. */
import { describe, expect, it } from 'vitest'
import { backtest } from '../../src/backtest/backtest.ts'
import { detectorNames } from '../../src/backtest/detectors.ts'
import { backtestHtml } from '../../src/backtest/page.ts'
import type { Panel, PanelCell } from '../../src/backtest/panel.ts'
import { Scene } from '../../src/backtest/score.ts'
import { calendar } from '../../streams/calendar.ts'
import { poisson, seeded } from '../models/random.ts'

function cell(name: string, counts: readonly number[]): PanelCell {
  const known = new Uint8Array(counts.length).fill(1)
  return { name, region: name, group: 'one', axis: 'one', counts: Float64Array.from(counts), known }
}

/** Days 30-39 of cell 0, of which cell 1 is the cell above; cell 2 is elsewhere. */
function smallPanel(): Panel {
  const quiet = Array.from({ length: 90 }, () => 1)
  const risen = quiet.map((count, day) => (day >= 30 && day < 40 ? 5 + (day === 34 ? 3 : 0) : count))
  return {
    calendar: calendar('day', 0),
    firstTick: 20_000,
    ticks: 90,
    cells: [cell('own', risen), cell('above', quiet), cell('elsewhere', quiet)],
    outbreaks: [{ name: 'o', kind: 'jump', from: 30, to: 39, near: new Set([0, 1]), own: new Set([0]) }],
  }
}

const calls = (...at: [index: number, tick: number][]) =>
  at.map(([index, tick]) => ({ subject: index, tick, value: 1 }))

describe('calls are scored', () => {
  it.each([
    { at: calls([0, 32]), found: 1, exact: 1, delay: 2, lead: 2, episodes: 1, wrong: 0 },
    { at: calls([0, 36], [1, 31]), found: 1, exact: 1, delay: 1, lead: 3, episodes: 2, wrong: 0 },
    { at: calls([1, 41]), found: 1, exact: 0, delay: 10, lead: -7, episodes: 1, wrong: 0 },
    { at: calls([0, 42]), found: 0, exact: 0, delay: 10, lead: undefined, episodes: 1, wrong: 0 }, // late, and not false
    { at: calls([0, 57]), found: 0, exact: 0, delay: 10, lead: undefined, episodes: 1, wrong: 1 },
    { at: calls([2, 32], [2, 39], [2, 47]), found: 0, exact: 0, delay: 10, lead: undefined, episodes: 2, wrong: 2 },
    { at: calls([0, 29], [0, 30]), found: 1, exact: 1, delay: 0, lead: 4, episodes: 2, wrong: 1 },
    { at: [], found: 0, exact: 0, delay: 10, lead: undefined, episodes: 0, wrong: 0 },
  ])('%j', ({ at, found, exact, delay, lead, episodes, wrong }) => {
    const { score } = new Scene(smallPanel(), 14).score(at)
    expect(score.pod?.value).toBe(found)
    expect(score.exact?.value).toBe(exact)
    expect(score.delay?.value).toBe(delay)
    expect(score.lead?.value).toBe(lead)
    expect([score.episodes, score.falseEpisodes]).toEqual([episodes, wrong])
    expect(score.falsePerWeek).toBeCloseTo((7 * wrong) / 76, 12)
    expect(score.precision?.value).toBe(episodes === 0 ? undefined : (episodes - wrong) / episodes)
  })
})

describe('detectors side by side', () => {
  const isIn = (at: number, day: number): boolean => day >= 50 + 3 * at && day <= 56 + 3 * at
  const random = seeded(11)
  const cells = Array.from({ length: 20 }, (_, at) => {
    const mean = [1, 3, 8][at % 3]
    const counts = Array.from({ length: 150 }, (_day, day) => poisson(random, isIn(at, day) ? 4 * mean : mean))
    return cell(`c${at}`, counts)
  })
  const outbreaks = cells.map((_, at) => {
    const own = new Set([at])
    return {
      name: `o${at}`,
      kind: at % 2 === 0 ? 'jump' : 'strike',
      from: 50 + 3 * at,
      to: 56 + 3 * at,
      near: own,
      own,
    }
  })
  const panel: Panel = { calendar: calendar('day', 0), firstTick: 20_000, ticks: 150, cells, outbreaks }
  const result = backtest(panel, { detectors: detectorNames, falsePerWeek: [0.2, 1], warmTicks: 14, countMin: 3 })

  it('each gives as many false episodes as it may, or hardly fewer', () => {
    for (const { falsePerWeek, detectors } of result.at) {
      for (const one of detectors) {
        expect(one.falsePerWeek).toBeLessThanOrEqual(falsePerWeek)
        expect(one.falsePerWeek).toBeGreaterThan(falsePerWeek / 2)
      }
    }
  })

  it('streams find as much as one tick at a time, and more than EARS C1, which has the outbreak in its baseline', () => {
    const podOf = (name: string): number =>
      result.at[0].detectors.find(({ detector }) => detector === name)?.pod?.value ?? 0
    expect(podOf('forewarn')).toBeGreaterThanOrEqual(podOf('recursion-p'))
    expect(podOf('forewarn')).toBeGreaterThan(podOf('ears-c1'))
  })

  it('are told by size and kind, in whole numbers of outbreaks, on a page that says so', () => {
    for (const { bySize, byKind } of result.at.flatMap(({ detectors }) => detectors)) {
      expect(byKind.map(({ name, pod }) => [name, pod.of])).toEqual([
        ['jump', 10],
        ['strike', 10],
      ])
      expect(bySize.reduce((sum, { pod }) => sum + pod.of, 0)).toBe(20)
    }
    const page = backtestHtml(result, 'Backtest: <a file>')
    expect(page).toContain('Backtest: &lt;a file&gt;')
    for (const name of detectorNames) expect(page).toContain(name)
    expect(page).not.toContain('<script')
  })
})
