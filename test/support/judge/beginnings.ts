/**
 * Who begins later than the log, written from docs/fold.md rule 24 as plainly as it can be, by codes. Part of the judge's oracle. That a
 * source is told silent and comes back (rule 23) is not found out here: `backlog` is given.
 */
import type { CodeList } from './cells.ts'
import type { Clock } from './clock.ts'
import type { Turns } from './judgeOracle.ts'

export type Role = 'judged' | 'taught' | 'backlog'
/** A fact of the open tick, whether anybody judges it or not. */
export type SourceFact = { source: string; region: string }

/** The ticks in which something was heard; late: it began in a later tick than the log. */
type Heard = { began: number; late: boolean; ticks: number; last: number; facts: number }

const strayTicksMax = 4
const missedMin = 12
const everySource = '*'
const unknown = 'UNKNOWN'

export class Beginnings {
  readonly #regions: CodeList
  readonly #parents: ReadonlyMap<string, string>
  readonly #clock: Clock
  readonly #heard = new Map<string, Heard>()
  #openTick: number | undefined

  constructor(regions: CodeList, clock: Clock) {
    this.#regions = regions
    this.#parents = new Map(regions.rows.map(({ code, parent }) => [code, parent]))
    this.#clock = clock
  }

  /** What a fact is to the judge, by what was known when the tick before closed. */
  roleOf({ source, region }: SourceFact, isBacklog: boolean): Role {
    const tick = this.#openTick
    if (tick === undefined) return 'judged'
    if (isBacklog) return 'backlog'
    const streams = this.#placesOf(region).flatMap((place) => [keyOf(source, place), keyOf(everySource, place)])
    const teaches = (key: string): boolean => {
      if (this.#begins(key, tick)) return this.#isLate(key)
      const heard = this.#heard.get(key)
      return heard?.late === true && tick < heard.began + this.#teachingTicks
    }
    return streams.some(teaches) ? 'taught' : 'judged'
  }

  close(tick: number, facts: readonly SourceFact[]): Turns {
    const counts = new Map<string, number>()
    for (const { source, region } of facts)
      for (const place of this.#placesOf(region))
        for (const key of [keyOf(source, place), keyOf(everySource, place)]) counts.set(key, (counts.get(key) ?? 0) + 1)
    const begun = [...counts.keys()].filter((key) => this.#begins(key, tick))
    const late = new Map(begun.map((key) => [key, this.#isLate(key)]))
    for (const key of begun) {
      const { ticks, facts: before } = this.#heard.get(key) ?? { ticks: 0, facts: 0 }
      this.#heard.set(key, { began: tick, late: late.get(key) === true, ticks, last: tick, facts: before })
    }
    for (const [key, count] of counts) {
      const heard = this.#heard.get(key)
      if (heard !== undefined)
        this.#heard.set(key, { ...heard, ticks: heard.ticks + 1, last: tick, facts: heard.facts + count })
    }
    this.#openTick = tick + 1
    const ended = [...this.#heard].filter(([, one]) => one.late && tick === one.began + this.#teachingTicks - 1)
    return {
      begun: begun.filter((key) => sourceOf(key) === everySource).map(placeOf),
      ended: [...new Set(ended.map(([key]) => placeOf(key)))],
    }
  }

  get #teachingTicks(): number {
    return Math.max(14, this.#clock.phases)
  }

  /** A first fact, or the first after a gap of more than 31 days and 28 ticks behind no more than four ticks with facts. */
  #begins(key: string, tick: number): boolean {
    const heard = this.#heard.get(key)
    if (heard === undefined) return true
    const gap = tick - heard.last
    return heard.ticks <= strayTicksMax && gap > 28 && gap * this.#clock.tickDays > 31
  }

  /**
   * Later than the log: every region and every source, once there is a log. A source in a region only if it should have been heard
   * there: its facts elsewhere, as the other sources' facts here are to theirs elsewhere, come to 12.
   */
  #isLate(key: string): boolean {
    const factsOf = (of: string): number => this.#heard.get(of)?.facts ?? 0
    const [source, place] = [sourceOf(key), placeOf(key)]
    const whole = keyOf(everySource, '')
    if (!this.#heard.has(whole)) return false
    if (source === everySource || place === '') return true
    const [own, here] = [factsOf(keyOf(source, '')), factsOf(keyOf(everySource, place))]
    const othersElsewhere = Math.max(1, factsOf(whole) - own - here)
    return own * here >= missedMin * othersElsewhere
  }

  /** The whole, the outermost level and every judged level, of the leaf in which a region's facts are counted. */
  #placesOf(region: string): string[] {
    const { levels, judged } = this.#regions
    const depths = [0, 1, ...judged.map((level) => levels.indexOf(level) + 1)]
    return this.#leafPath(region).filter((_, at, path) => depths.includes(path.length - 1 - at))
  }

  /** From the leaf up: itself, and `P/UNKNOWN` first where nothing more is said than P. */
  #leafPath(region: string): string[] {
    const { levels, judged } = this.#regions
    const cut = Math.max(...judged.map((level) => levels.indexOf(level) + 1))
    const path = this.#path(region)
    if (path.length === 1) return [unknown, '']
    const within = path.slice(Math.max(0, path.length - 1 - cut))
    const isInner = within.length - 1 < cut && [...this.#parents.values()].includes(within[0])
    return isInner ? [`${within[0]}/${unknown}`, ...within] : within
  }

  #path(code: string): string[] {
    const parent = this.#parents.get(code)
    return parent === undefined ? [''] : [code, ...this.#path(parent)]
  }
}

const keyOf = (source: string, place: string): string => `${source} ${place}`
const sourceOf = (key: string): string => key.split(' ')[0]
const placeOf = (key: string): string => key.split(' ')[1]
