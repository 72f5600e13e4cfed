import { describe, expect, it } from 'vitest'
import { hourOf, packGrade } from '../../models/facts.ts'
import { thousandthsOfLogOdds } from '../../models/level/counted.ts'
import { cellKeys } from '../../src/cells.ts'
import { contributions } from '../../src/enterprise/cellContributions.ts'
import { packPlace } from '../../src/enterprise/decode/decode.ts'
import { EnterpriseIds } from '../../src/enterprise/rows/ids.ts'
import { EnterpriseRows, flag } from '../../src/enterprise/rows/rows.ts'
import { Contradictions } from '../../src/enterprise/score/contradictions.ts'
import { contradictionTicks } from '../../src/limits.ts'
import type { Contradiction, RiskLevels } from '../../streams/riskLevels.ts'
import { tinyProfile } from '../support/tinyProfile.ts'

const [best, worst] = [1, tinyProfile.grades.length - 1]
const place = packPlace(tinyProfile.regions.find('P1'), tinyProfile.industries.find('X1'))

/** The best grade is at .02 in the mean, the worst at .3. */
const levels = (more: Partial<RiskLevels> = {}): RiskLevels => ({
  ...{ tick: 0, profile: tinyProfile.hash, crowded: [], open: [] },
  enterprises: [0, 100, 100, 100, 100],
  probability: [0, 2e6, 5e6, 1e7, 3e7],
  ...more,
})

function market(rowsOf: readonly { grade: number; probability: number }[]) {
  const rows = new EnterpriseRows(5, [0, 0])
  const ids = new EnterpriseIds([0, 0])
  const told = contributions(tinyProfile, cellKeys(tinyProfile), rows, new Map())
  for (const [row, { grade, probability }] of rowsOf.entries()) {
    ids.findOrAdd(`E${row}`)
    rows.add(place, flag.registered, 0)
    rows.setGrades(row, [packGrade(hourOf(0), grade), 0])
    rows.setLogOdds(row, thousandthsOfLogOdds(probability))
  }
  const contradictions = new Contradictions({ profile: tinyProfile, rows, ids, contributions: told })
  const close = (tick: number, said: RiskLevels | undefined): Contradiction[] =>
    [...contradictions.close(tick, said, null)].filter((one) => one !== undefined)
  return { rows, told, close }
}

const lines = (found: readonly Contradiction[]): string[] =>
  found.map(({ enterpriseId, change, kind, sinceTick }) => `${enterpriseId} ${change} ${kind} ${sinceTick}`)

describe('an enterprise whose scores contradict its grade', () => {
  it('enters when it has for seven ticks in a row, and leaves when it does no more', () => {
    const { rows, close } = market([
      { grade: best, probability: 0.3 },
      { grade: best, probability: 0.29 },
      { grade: worst, probability: 0.02 },
      { grade: worst, probability: 0.03 },
      { grade: 2, probability: 0.9 },
    ])
    for (let tick = 1; tick < contradictionTicks; tick++) expect(close(tick, levels())).toEqual([])
    const entered = close(contradictionTicks, levels())
    expect(lines(entered)).toEqual(['E0 entered riskier 1', 'E2 entered safer 1'])
    expect(entered[0]).toMatchObject({ grade: 'A', region: 'P1', industry: 'X1', comparedWith: 0.3 })
    expect(entered[0].probability).toBeCloseTo(0.3, 3)
    expect(close(contradictionTicks + 1, levels())).toEqual([])
    rows.setLogOdds(0, thousandthsOfLogOdds(0.1))
    expect(lines(close(contradictionTicks + 2, levels()))).toEqual(['E0 left riskier 1'])
    rows.setLogOdds(0, thousandthsOfLogOdds(0.5))
    for (let more = 3; more < 9; more++) expect(close(contradictionTicks + more, levels())).toEqual([])
    expect(lines(close(contradictionTicks + 9, levels()))).toEqual([`E0 entered riskier ${contradictionTicks + 3}`])
  })

  it.each([
    ['nothing is known of the country', undefined],
    ['a grade has too few enterprises', levels({ enterprises: [0, 100, 100, 100, 49] })],
    ['there is one grade', levels({ enterprises: [0, 100], probability: [0, 2e6] })],
    ['the worst grade is no riskier than the best', levels({ probability: [0, 3e7, 3e7, 3e7, 3e7] })],
  ])('is none while %s', (_, said) => {
    const { close } = market([{ grade: best, probability: 0.9 }])
    for (let tick = 1; tick < 20; tick++) expect(close(tick, said)).toEqual([])
  })

  it('is counted two ticks before it enters, told or not; of a crowded region a share is told, always the same', () => {
    const many = Array.from({ length: 2_000 }, () => ({ grade: best, probability: 0.5 }))
    const { told, close } = market(many)
    const crowded = [{ region: tinyProfile.regions.leafOf[tinyProfile.regions.find('P1')], share: 0.25 }]
    let sums = { near: 0, entered: 0 }
    const history: string[] = []
    for (let tick = 1; tick <= contradictionTicks; tick++) {
      const found = close(tick, levels({ crowded }))
      const { count, deltas, seconds } = told.sums.contradictions.take()
      if (count > 0) sums = { near: sums.near + deltas[0], entered: sums.entered + seconds[0] }
      history.push(`${sums.near} ${sums.entered}`)
      if (tick < contradictionTicks) expect(found).toEqual([])
      else expect(Math.abs(found.length - 500)).toBeLessThan(60)
    }
    expect(history.slice(-3)).toEqual(['2000 0', '2000 0', '2000 2000'])
    expect(history[3]).toBe('0 0')
    expect(close(contradictionTicks + 1, levels({ crowded }))).toEqual([])
    expect(close(contradictionTicks + 2, levels()).length).toBeGreaterThan(1_400) // no longer crowded
  })
})
