/**
 * Sparse cells, daily: the share of outbreaks found at .2 false episodes a week over 1,000 cells of .05-.3 events a day, by the streams on what
 * the recursion expects, by the same streams on the true mean and dispersion, and by EARS C2 on the same counts.
 */
import { type Expectation, judge } from '../models/counts/detector.ts'
import { addCount, evidenceIn, streamLength } from '../models/counts/shiryaevRoberts.ts'
import { limitAt } from '../src/backtest/backtest.ts'
import { type Value, valuesOf } from '../src/backtest/detectors.ts'
import type { Panel, PanelOutbreak } from '../src/backtest/panel.ts'
import { Scene } from '../src/backtest/score.ts'
import { calendar } from '../streams/calendar.ts'
import { drawsOf, negativeBinomial, poisson } from './counts/draws.ts'
import { type BenchOptions, printResult, progress } from './options.ts'

const [cells, days, warmTicks, countMin, falsePerWeek] = [1000, 200, 14, 3, 0.2]
/** One outbreak in each tenth cell, of eight days that bring 1.5 to 3 events each on top. */
const [outbreakEvery, outbreakDays] = [10, 8]

type Market = { panel: Panel; expected: readonly Expectation[] }

export async function benchSparse(options: BenchOptions): Promise<void> {
  const seeds = options.seeds ?? [1, 2, 3]
  const found = { forewarn: 0, oracle: 0, 'ears-c2': 0, outbreaks: 0 }
  for (const seed of seeds) {
    const market = marketOf(seed)
    const scene = new Scene(market.panel, warmTicks)
    const podOf = (values: readonly Value[]): number => {
      const limit = limitAt(scene, values, falsePerWeek)
      return scene.score(values.filter(({ value }) => value > limit)).found.filter((one) => one.found).length
    }
    const settings = { warmTicks, countMin }
    found.forewarn += podOf(valuesOf(market.panel, 'forewarn', settings))
    found['ears-c2'] += podOf(valuesOf(market.panel, 'ears-c2', settings))
    found.oracle += podOf(oracleValues(market))
    found.outbreaks += market.panel.outbreaks.length
    progress(`seed ${seed}: ${JSON.stringify(found)}`)
  }
  const pod = found.forewarn / found.outbreaks
  const result = { pod, podOracle: found.oracle / found.outbreaks, podEarsC2: found['ears-c2'] / found.outbreaks }
  printResult(result, options)
}

function marketOf(seed: number): Market {
  const random = drawsOf(seed, 5)
  const expected = Array.from({ length: cells }, () => {
    const mean = 0.05 * 6 ** random()
    return { mean, variance: mean * (1 + 0.5 * random()) }
  })
  const outbreaks: PanelOutbreak[] = []
  const drawn = expected.map(({ mean, variance }, cell) => {
    const counts = Float64Array.from({ length: days }, () => negativeBinomial(random, mean, variance / mean))
    if (cell % outbreakEvery === 0) {
      const from = 60 + Math.floor(random() * (days - 60 - outbreakDays - 20))
      const extra = 1.5 + 1.5 * random()
      const [to, own] = [from + outbreakDays - 1, new Set([cell])]
      for (let day = from; day <= to; day++) counts[day] += poisson(random, extra)
      outbreaks.push({ name: `${cell}`, kind: 'jump', from, to, near: own, own })
    }
    const known = new Uint8Array(days).fill(1)
    return { name: `${cell}`, region: `${cell}`, group: 'one', axis: 'one', counts, known }
  })
  return { panel: { calendar: calendar('day', 0), firstTick: 20_000, ticks: days, cells: drawn, outbreaks }, expected }
}

/** The streams of one who knows what each cell brings where nothing happens. */
function oracleValues({ panel, expected }: Market): Value[] {
  const state = new Float64Array(streamLength)
  return panel.cells.flatMap(({ counts }, cell) => {
    state.fill(0)
    const found: Value[] = []
    for (const [tick, y] of counts.entries()) {
      addCount(state, 0, expected[cell], { y, nodes: cells })
      const isCall = tick >= warmTicks && y >= countMin && judge(expected[cell], y).rateRatio > 1
      if (isCall) found.push({ subject: cell, tick, value: evidenceIn(state, 0) })
    }
    return found
  })
}
