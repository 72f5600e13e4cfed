/** Series with a place in their labels: counts of cells of the last judged tick, and levels of open warnings. Bounded in number. */
import { type Counter, Gauge, type Registry } from 'prom-client'
import { type Level, levels } from '../../../streams/outputs.ts'
import type { ProfileInForce } from '../../../streams/profile.ts'
import type { Axis } from '../../../streams/topics.ts'
import { atDepth, type CodeTree } from '../../../streams/tree.ts'
import type { StatisticName } from '../../../streams/warnings.ts'
import type { CellRisk, CellTotal } from '../../notices.ts'
import { otherCode, publishedCells } from './cells.ts'

/** Events and what was expected of them. */
const countSeries = 2

const riskHelp = 'by outermost region and industry, at the last judged tick; small cells are merged into OTHER.'
const riskSeries: readonly { name: string; help: string; of: keyof CellRisk }[] = [
  {
    name: 'forewarn_cell_risk_log_odds',
    help: `A: mean log-odds of the scored enterprises ${riskHelp}`,
    of: 'meanLogOdds',
  },
  {
    name: 'forewarn_cell_risk_log_odds_at_same_grades',
    help: `B: the same less what the grades would have at siblings, ${riskHelp}`,
    of: 'atSameGrades',
  },
  {
    name: 'forewarn_cell_risky_enterprises',
    help: `Enterprises that will come to harm, by the sum of their probabilities, ${riskHelp}`,
    of: 'risky',
  },
  {
    name: 'forewarn_cell_expected_risky_enterprises',
    help: `As many of them as there would be if each grade were as at siblings, ${riskHelp}`,
    of: 'expected',
  },
]

export type PlaceSeriesOptions = { of: ProfileInForce; registry: Registry; seriesMax: number; refused: Counter }

export class PlaceSeries {
  readonly #options: PlaceSeriesOptions
  readonly #events: Gauge<'region' | 'industry'>
  readonly #expected: Gauge<'region' | 'industry'>
  readonly #enterprises: Gauge<'region' | 'industry'>
  readonly #levels: Gauge<'statistic' | 'axis' | 'province' | 'region' | 'section' | 'industry'>
  readonly #warned = new Set<string>()
  readonly #risks: readonly { gauge: Gauge<'region' | 'industry'>; of: keyof CellRisk }[]
  /** Series of the cells of the last tick. */
  #cellSeries = 0

  constructor(options: PlaceSeriesOptions) {
    this.#options = options
    const registers = [options.registry]
    const labelNames = ['region', 'industry'] as const
    const eventsHelp = 'Events of the last judged tick by region and industry; small cells are merged into OTHER.'
    const enterprisesHelp =
      'Enterprises with events in the last judged tick by outermost region and industry; small cells are merged into OTHER.'
    this.#events = new Gauge({ name: 'forewarn_cell_events', help: eventsHelp, labelNames, registers })
    const expectedHelp =
      'Events that were usual for the last judged tick by region and industry, by what was known before it; no series while there is too little history.'
    this.#expected = new Gauge({ name: 'forewarn_cell_expected_events', help: expectedHelp, labelNames, registers })
    this.#enterprises = new Gauge({ name: 'forewarn_cell_enterprises', help: enterprisesHelp, labelNames, registers })
    const risk = (name: string, help: string, of: keyof CellRisk) => ({
      gauge: new Gauge({ name, help, labelNames, registers }),
      of,
    })
    this.#risks = riskSeries.map(({ name, help, of }) => risk(name, help, of))
    this.#levels = new Gauge({
      name: 'forewarn_warning_level',
      help: 'The level of each open warning: 1 is blue, 2 yellow, 3 orange, 4 red. Province and section are the outermost region and industry that hold it. A warning that is cleared has no series.',
      labelNames: ['statistic', 'axis', 'province', 'region', 'section', 'industry'],
      registers,
    })
  }

  /** Replaces the cells by those of another tick. */
  tick(totals: readonly CellTotal[]): void {
    this.#events.reset()
    this.#expected.reset()
    this.#enterprises.reset()
    for (const { gauge } of this.#risks) gauge.reset()
    const cells = publishedCells(this.#options.of.profile, totals)
    const room = this.#options.seriesMax - this.#warned.size
    this.#cellSeries = 0
    for (const { region, industry, events, expected, enterprises, risk } of cells) {
      const isOutermost = isOfFirstLevel(this.#options.of.profile.regions, region)
      const series = countSeries + (isOutermost ? 1 : 0) + (risk === undefined ? 0 : this.#risks.length)
      if (this.#cellSeries + series > room) {
        this.#options.refused.inc(series)
        continue
      }
      this.#cellSeries += series
      const labels = { region: region || 'all', industry: industry || 'all' }
      this.#events.set(labels, events)
      if (expected !== undefined) this.#expected.set(labels, expected)
      if (isOutermost) this.#enterprises.set(labels, enterprises)
      if (risk !== undefined) for (const { gauge, of } of this.#risks) gauge.set(labels, risk[of])
    }
  }

  warning(of: { statistic: StatisticName; axis: Axis; region: string; industry: string }, level: Level): void {
    const { statistic, axis } = of
    const { regions, industries } = this.#options.of.profile
    const labels = {
      ...{ statistic, axis, region: of.region || 'all', industry: of.industry || 'all' },
      ...{ province: outermost(regions, of.region) || 'all', section: outermost(industries, of.industry) || 'all' },
    }
    const name = Object.values(labels).join(' ')
    const height = levels.indexOf(level)
    if (height === 0) {
      this.#levels.remove(labels)
      this.#warned.delete(name)
    } else if (this.#warned.has(name) || this.#warned.size + this.#cellSeries < this.#options.seriesMax) {
      this.#levels.set(labels, height)
      this.#warned.add(name)
    } else {
      this.#options.refused.inc()
    }
  }
}

/** Whether a code is that of the whole, of a region of the first level, or of OTHER among them. */
function isOfFirstLevel({ nodes, find }: CodeTree, code: string): boolean {
  return code === '' || code === otherCode || (nodes[find(code)].depth === 1 && !code.endsWith(`.${otherCode}`))
}

/** The code of the outermost level that holds a code, or is it. */
function outermost({ nodes, find }: CodeTree, code: string): string {
  return atDepth(nodes, nodes[find(code)], 1).code
}
