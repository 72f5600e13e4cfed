/**
 * What calls are worth against known outbreaks. A call is a value above a limit. An episode is a run of calls of one cell, gaps of up to a
 * week joined; it is false where its calls lie in no outbreak on, above or below its cell, nor in the days after one. Definitions:
 * docs/warnings.md.
 */
import type { Value } from './detectors.ts'
import { daysOf, type Panel, type PanelOutbreak } from './panel.ts'

const joinedDays = 7
/** After its end an outbreak is still found for two ticks, and a call is not false for so many days. */
const foundTicksAfter = 2
const excusedDaysAfter = 17
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

/** What does not depend on the limit. */
export class Scene {
  readonly panel: Panel
  readonly weeks: number
  readonly regions: number
  readonly #near: ReadonlyMap<number, readonly PanelOutbreak[]>
  readonly #joined: number
  readonly #excused: number

  /** `warmTicks`: the first ticks of a cell, which are not judged. */
  constructor(panel: Panel, warmTicks: number) {
    this.panel = panel
    const days = daysOf(panel.calendar)
    this.weeks = (Math.max(1, panel.ticks - warmTicks) * days) / weekDays
    this.regions = new Set(panel.cells.map(({ region }) => region)).size
    this.#joined = Math.max(1, Math.round(joinedDays / days))
    this.#excused = Math.max(foundTicksAfter, Math.round(excusedDaysAfter / days))
    const near = new Map<number, PanelOutbreak[]>()
    for (const outbreak of panel.outbreaks)
      for (const cell of outbreak.near) near.set(cell, [...(near.get(cell) ?? []), outbreak])
    this.#near = near
  }

  /** Calls in their order, as `valuesOf` gives them. */
  score(calls: readonly Value[]): { score: Score; found: Found[] } {
    const { episodes, falseEpisodes } = this.#episodes(calls)
    const found = this.#found(calls)
    const hits = found.filter((one) => one.found)
    return {
      score: {
        episodes,
        falseEpisodes,
        falsePerWeek: falseEpisodes / this.weeks,
        perWeekRegion: episodes / this.weeks / this.regions,
        ...named('precision', shareOf(episodes - falseEpisodes, episodes)),
        ...named('pod', shareOf(hits.length, found.length)),
        ...named('exact', shareOf(found.filter(({ exact }) => exact).length, found.length)),
        ...named('delay', meanOf(found.map(({ delay }) => delay))),
        ...named('lead', meanOf(hits.flatMap(({ lead }) => lead ?? []))),
      },
      found,
    }
  }

  falsePerWeek(calls: readonly Value[]): number {
    return this.#episodes(calls).falseEpisodes / this.weeks
  }

  /** Runs of calls that lie in or after an outbreak near their cell, and runs of those that do not. */
  #episodes(calls: readonly Value[]): { episodes: number; falseEpisodes: number } {
    const runs = { excused: 0, false: 0 }
    const last: Partial<Record<keyof typeof runs, Value>> = {}
    for (const call of calls) {
      const kind = this.#isExcused(call) ? 'excused' : 'false'
      const before = last[kind]
      if (before?.cell !== call.cell || call.tick - before.tick > this.#joined) runs[kind]++
      last[kind] = call
    }
    return { episodes: runs.excused + runs.false, falseEpisodes: runs.false }
  }

  #isExcused({ cell, tick }: Value): boolean {
    return (this.#near.get(cell) ?? []).some(({ from, to }) => tick >= from && tick <= to + this.#excused)
  }

  #found(calls: readonly Value[]): Found[] {
    const first = new Map<PanelOutbreak, { any: number; own: number }>()
    for (const { cell, tick } of calls) {
      for (const outbreak of this.#near.get(cell) ?? []) {
        if (tick < outbreak.from || tick > outbreak.to + foundTicksAfter) continue
        const before = first.get(outbreak) ?? { any: Number.POSITIVE_INFINITY, own: Number.POSITIVE_INFINITY }
        const own = outbreak.own.has(cell) ? Math.min(before.own, tick) : before.own
        first.set(outbreak, { any: Math.min(before.any, tick), own })
      }
    }
    return this.panel.outbreaks.map((outbreak): Found => {
      const at = first.get(outbreak)
      const length = outbreak.to - outbreak.from + 1
      if (at === undefined) return { outbreak, delay: length, found: false, exact: false, lead: undefined }
      const delay = Math.min(at.any - outbreak.from, length)
      return {
        outbreak,
        delay,
        found: true,
        exact: at.own < Number.POSITIVE_INFINITY,
        lead: peakOf(this.panel, outbreak) - at.any,
      }
    })
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
