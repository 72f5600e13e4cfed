/** `forewarn policy`: the archive judged again by another budget, beside what was published; and what it takes for a budget. */
import { beforeAll, describe, expect, it } from 'vitest'
import { budgetOf, policyOver } from '../../src/cli/log/policy.ts'
import type { Log } from '../../src/log/port.ts'
import type { Tallies } from '../../src/watch/otherBudget.ts'
import { foldRecords, memoryLog } from '../support/fold.ts'
import { generatedHistory } from '../support/generated.ts'
import { warningsOf } from '../support/readFold.ts'
import { tinyModel } from '../support/tinyModel.ts'
import { tinyProfile } from '../support/tinyProfile.ts'

const days = 60
let log: Log

beforeAll(async () => {
  const market = { seed: 3, days, enterprises: 60, eventsPerDay: 15, outbreakDays: [44, 45, 46], outbreakEvents: 60 }
  log = (await foldRecords(generatedHistory(market), { profile: tinyProfile, model: tinyModel(tinyProfile) })).log
})

const raisesIn = (tallies: Tallies): number =>
  Object.values(tallies)
    .flatMap((byAxis) => Object.values(byAxis))
    .reduce((sum, { raises }) => sum + raises, 0)

describe('another budget', () => {
  it('that is the one in force would have done what was done, warning by warning', async () => {
    const { did, would, ticks, weeks, budget, from, to } = await policyOver(log, tinyProfile, {})
    expect(would).toEqual(did)
    expect(budget.asked).toEqual(budget.inForce)
    expect({ ticks, weeks }).toEqual({ ticks: days + 1, weeks: (days + 1) / 7 })
    expect(from < to).toBe(true)
    const published = (await warningsOf(log)).filter(({ change }) => change === 'raised').length
    expect(raisesIn(did)).toBe(published)
    expect(published).toBeGreaterThan(0)
  })

  it('calls more where more false alarms are put up with, and less where fewer are; episodes are never more than raises', async () => {
    const raises: number[] = []
    for (const counts of [0.0001, 0.5, 100]) {
      const { would, budget } = await policyOver(log, tinyProfile, { counts })
      expect(budget.asked).toEqual({ ...budget.inForce, counts })
      raises.push(raisesIn(would))
      for (const { raises: of, episodes, levels } of Object.values(would).flatMap((one) => Object.values(one))) {
        expect(episodes).toBeLessThanOrEqual(of)
        expect(Object.values(levels).reduce((sum, one) => sum + one, 0)).toBe(of)
      }
    }
    expect(raises[0]).toBeLessThan(raises[1])
    expect(raises[1]).toBeLessThan(raises[2])
  })

  it('of a log in which no tick has closed is an error that says so', async () => {
    await expect(policyOver(await memoryLog(), tinyProfile, {})).rejects.toThrow(/no tick has closed/)
  })
})

describe('a budget', () => {
  it.each([
    ['counts=.5', { counts: 0.5 }],
    ['counts=.5,risk=0.3,clusters=1', { counts: 0.5, risk: 0.3, clusters: 1 }],
    [' clusters = 100 ', { clusters: 100 }],
  ])('%s', (text, budget) => expect(budgetOf(text)).toEqual(budget))

  it.each([
    '',
    'counts',
    'counts=',
    'counts=0',
    'counts=-1',
    'counts=101',
    'count=1',
    'counts=1,counts=2',
    'counts=x',
    'counts=1;risk=2',
    'counts=1e-3',
  ])('%j is none', (text) => expect(() => budgetOf(text)).toThrow(/--budget takes counts, risk, clusters/))
})
