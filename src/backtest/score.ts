/** What calls are worth against known outbreaks: a call is a value above a limit. Definitions: models/quality/episodes.ts, docs/warnings.md. */
import {
  type Call,
  type Found as OutbreakFound,
  Outbreaks,
  type Planned,
  reachOf,
} from '../../models/quality/episodes.ts'
import { daysOf, type Panel, type PanelOutbreak } from './panel.ts'

const weekDays = 7

/** A share or a mean over `of`, and its standard error; absent where there is nothing to take it of. */
export type Estimate = { value: number; se: number; of: number }
export type Score = {
  episodes: number
  falseEpisodes: number
  falsePerWeek: number
  /** Episodes a week and region. */
  perWeekRegion: number
  precision?: Estimate
  pod?: Estimate
  /** Found in a cell that is its own, not above or below. */
  exact?: Estimate
  /** Ticks from the beginning to the first call; one that is missed counts as its whole length. */
  delay?: Estimate
  /** Of those found: ticks by which the first call comes before the largest count. */
  lead?: Estimate
}
export type Found = { outbreak: PanelOutbreak; delay: number; found: boolean; exact: boolean; lead: number | undefined }

type PlannedInPanel = Planned & { of: PanelOutbreak }

/** What does not depend on the limit. */
export class Scene {
  readonly panel: Panel
  readonly weeks: number
  readonly regions: number
  readonly #outbreaks: Outbreaks<PlannedInPanel>

  /** `warmTicks`: the first ticks of a cell, which are not judged. */
  constructor(panel: Panel, warmTicks: number) {
    this.panel = panel
    const days = daysOf(panel.calendar)
    this.weeks = (Math.max(1, panel.ticks - warmTicks) * days) / weekDays
    this.regions = new Set(panel.cells.map(({ region }) => region)).size
    const planned = panel.outbreaks.map((of) => ({
      ...{ of, startTick: of.from, endTick: of.to },
      isNear: (cell: number) => of.near.has(cell),
      isOwn: (cell: number) => of.own.has(cell),
    }))
    this.#outbreaks = new Outbreaks(planned, reachOf(days))
  }

  /** Subjects of calls are cells of the panel. */
  score(calls: readonly Call[]): { score: Score; found: Found[] } {
    const runs = this.#outbreaks.episodes(calls)
    const episodes = runs.pardoned + runs.false
    const found = this.#outbreaks.found(calls).map((one) => this.#foundOf(one))
    const hits = found.filter((one) => one.found)
    return {
      score: {
        episodes,
        falseEpisodes: runs.false,
        falsePerWeek: runs.false / this.weeks,
        perWeekRegion: episodes / this.weeks / this.regions,
        ...named('precision', shareOf(runs.pardoned, episodes)),
        ...named('pod', shareOf(hits.length, found.length)),
        ...named('exact', shareOf(found.filter(({ exact }) => exact).length, found.length)),
        ...named('delay', meanOf(found.map(({ delay }) => delay))),
        ...named('lead', meanOf(hits.flatMap(({ lead }) => lead ?? []))),
      },
      found,
    }
  }

  falsePerWeek(calls: readonly Call[]): number {
    return this.#outbreaks.episodes(calls).false / this.weeks
  }

  #foundOf({ outbreak: { of: outbreak }, firstTick, exact, delayTicks: delay }: OutbreakFound<PlannedInPanel>): Found {
    const lead = firstTick === undefined ? undefined : peakOf(this.panel, outbreak) - firstTick
    return { outbreak, delay, found: firstTick !== undefined, exact, lead }
  }
}

/** The tick in which the cells of an outbreak count most. */
function peakOf({ cells }: Panel, { own, near, from, to }: PanelOutbreak): number {
  const of = own.size > 0 ? own : near
  let [peak, most] = [from, -1]
  for (let tick = from; tick <= to; tick++) {
    let count = 0
    for (const cell of of) count += cells[cell].counts[tick]
    if (count > most) [peak, most] = [tick, count]
  }
  return peak
}

export function shareOf(hits: number, of: number): Estimate | undefined {
  if (of === 0) return undefined
  const value = hits / of
  return { value, se: Math.sqrt((value * (1 - value)) / of), of }
}

export function meanOf(values: readonly number[]): Estimate | undefined {
  const of = values.length
  if (of === 0) return undefined
  const value = values.reduce((sum, one) => sum + one, 0) / of
  const squares = values.reduce((sum, one) => sum + (one - value) ** 2, 0)
  return { value, se: of > 1 ? Math.sqrt(squares / (of - 1) / of) : 0, of }
}

function named<Name extends string>(name: Name, estimate: Estimate | undefined): Partial<Record<Name, Estimate>> {
  const found: Partial<Record<Name, Estimate>> = {}
  if (estimate !== undefined) found[name] = estimate
  return found
}
