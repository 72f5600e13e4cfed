import { expect, it } from 'vitest'
import { freshBit, hourOf, hoursPerDay, packWord2, packWord3 } from '../../models/facts.ts'
import { cellKeys } from '../../src/cells.ts'
import { ContributionSums } from '../../src/enterprise/cellContributions.ts'
import { packPlace } from '../../src/enterprise/decode/decode.ts'
import { EnterpriseRows, flag } from '../../src/enterprise/rows/rows.ts'
import { addMoved } from '../../src/enterprise/score/movedFeatures.ts'
import { rowFeatures } from '../../src/enterprise/score/rowFeatures.ts'
import { movedDays } from '../../src/limits.ts'
import { nodesUnder } from '../../streams/tree.ts'
import { tinyModel } from '../support/tinyModel.ts'
import { tinyProfile } from '../support/tinyProfile.ts'

const { regions, industries } = tinyProfile
const keys = cellKeys(tinyProfile)
const model = tinyModel(tinyProfile)
const today = 100
const hour = hourOf(0) + today * hoursPerDay

/** Rows of one enterprise each, with a fact for each day on which one occurred and became known. */
function market(enterprises: readonly { region: string; industry: string; days: readonly number[]; closed?: true }[]) {
  const rows = new EnterpriseRows(5, [0, 0])
  for (const { region, industry, days, closed } of enterprises) {
    const place = packPlace(regions.find(region), industries.find(industry))
    const row = rows.add(place, flag.registered | (closed ? flag.closed : 0), 0)
    rows.setLogOdds(row, -3_000)
    for (const day of days) {
      const word3 = packWord3(1, 0) | (day << 12) | freshBit
      rows.insertFact(row, Int32Array.of(row, day, packWord2(hourOf(0) + day * hoursPerDay, 1, 3), word3, 0), 0)
    }
  }
  return { profile: tinyProfile, rows, around: { size: 0, fill: () => {} } }
}

it('what moved of a node is the sum over the enterprises of the stock under it, now and by what was known 28 days before', () => {
  const source = market([
    { region: 'P1', industry: 'X1', days: [60, 71, 95] },
    { region: 'P1', industry: 'Y1', days: [99] },
    { region: 'P2', industry: 'X1', days: [70, 73] },
    { region: 'P2', industry: 'X1', days: [98], closed: true },
    { region: 'P2', industry: 'Y1', days: [] },
  ])
  const { rows } = source
  const isInStock = (row: number): boolean => !rows.has(row, flag.closed)
  const pairs = [
    ['', ''],
    ['P1', ''],
    ['', 'X1'],
    ['P2', 'X1'],
    ['P1', 'X1'],
    ['', 'Y1'],
  ] as const
  const nodes = pairs.map(([region, industry]) => keys.cell(regions.find(region), industries.find(industry)))
  const sums = new ContributionSums()
  for (const _ of addMoved(source, model, keys, { isInStock, sums }, { nodes, hour, tick: today }));

  const size = model.featureNames.length
  const fill = rowFeatures(source, model.featureNames, model.peers)
  const features = new Float64Array(size)
  const expected = nodes.flatMap((node) => {
    const [inRegion, inIndustry] = [nodesUnder(regions, keys.region(node)), nodesUnder(industries, keys.industry(node))]
    const under = [0, 1, 2, 4].filter((row) => inRegion[rows.place(row) >>> 16] && inIndustry[rows.place(row) & 0xffff])
    const sumOf = (feature: number, fillBy: (row: number) => void): number =>
      under.reduce((sum, row) => {
        fillBy(row)
        return sum + Math.floor(1_000 * model.contributions(features)[feature] + 0.5)
      }, 0)
    const then = { hour: hour - movedDays * hoursPerDay, tick: today - movedDays }
    return model.featureNames.map((_, feature) => [
      node * size + feature,
      under.length,
      sumOf(feature, (row) => fill(row, hour, features)),
      sumOf(feature, (row) => fill.past(row, then, features)),
    ])
  })
  const { count, keys: found, deltas, seconds, thirds } = sums.moved.take()
  const added = Array.from({ length: count }, (_, at) => [found[at], deltas[at], seconds[at], thirds[at]])
  expect(added).toEqual(expected.sort(([a], [b]) => a - b))
  expect(expected.some(([, , now, before]) => now !== before)).toBe(true)
})
