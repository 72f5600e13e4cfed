/**
 * What another budget of false alarms would have done: the tick archive is judged again from its first tick on, by the limits that follow from
 * that budget, and what is raised is counted beside what was raised.
 *
 * Calls in the middle of a tick are those that the archive knows; one that only the other budget would make is counted at the end of its tick.
 */
import type { Level } from '../../streams/outputs.ts'
import type { Profile } from '../../streams/profile.ts'
import type { WarningPolicy } from '../../streams/profileFile.ts'
import type { TickRecord } from '../../streams/ticks.ts'
import type { Axis } from '../../streams/topics.ts'
import type { StatisticName, Warning } from '../../streams/warnings.ts'
import { dayMs } from '../limits.ts'
import { rank } from './alertState.ts'
import { JudgedAgain, type JudgeSetting } from './judgedAgain.ts'

export type Budget = WarningPolicy['budget']

/** Warnings that were raised; episodes: those of one subject no more than a week apart count once; the highest level of each warning. */
export type Tally = { raises: number; episodes: number; levels: Record<Exclude<Level, 'calm'>, number> }
export type Tallies = Partial<Record<StatisticName, Partial<Record<Axis, Tally>>>>

type Counted = Pick<Warning, 'id' | 'statistic' | 'axis' | 'region' | 'industry' | 'change' | 'level' | 'tick'>

/** What warnings come to, in any number of them, each in order of its own changes. */
export class WarningTally {
  readonly #byId = new Map<string, { raised: Counted; last: number; level: Level }>()

  add(warning: Counted): void {
    const { id, change, level, tick } = warning
    if (change === 'raised') this.#byId.set(id, { raised: warning, last: tick, level })
    const one = this.#byId.get(id)
    if (one === undefined) return
    one.last = Math.max(one.last, tick)
    if (rank(level) > rank(one.level)) one.level = level
  }

  /** `tickMs`: length of a tick. */
  sums(tickMs: number): Tallies {
    const found: Tallies = {}
    const lastOf = new Map<string, number>()
    const all = [...this.#byId.values()].sort((a, b) => a.raised.tick - b.raised.tick)
    for (const { raised, last, level } of all) {
      const { statistic, axis, region, industry } = raised
      const byAxis = found[statistic] ?? {}
      const tally = byAxis[axis] ?? noTally()
      found[statistic] = { ...byAxis, [axis]: tally }
      tally.raises++
      if (level !== 'calm') tally.levels[level]++
      const subject = [statistic, region, industry].join(' ')
      const before = lastOf.get(subject)
      if (before === undefined || (raised.tick - before) * tickMs > 7 * dayMs) tally.episodes++
      lastOf.set(subject, Math.max(before ?? last, last))
    }
    return found
  }
}

export const noTally = (): Tally => ({ raises: 0, episodes: 0, levels: { blue: 0, yellow: 0, orange: 0, red: 0 } })

export class OtherBudget {
  readonly tally = new WarningTally()
  readonly #again: JudgedAgain

  /** Nothing is known before the tick `from`: the archive begins with it. */
  constructor(setting: JudgeSetting, from: number, budget: Budget) {
    const changed = new Map<Profile, Profile>()
    const profileOf = (tick: number): Profile => {
      const profile = setting.profileOf(tick)
      const known = changed.get(profile) ?? withBudget(profile, budget)
      changed.set(profile, known)
      return known
    }
    this.#again = new JudgedAgain({ ...setting, profileOf }, from)
  }

  /** All pages of the next tick. */
  take(pages: readonly TickRecord[]): void {
    for (const warning of this.#again.tick(pages)) this.tally.add(warning)
  }
}

function withBudget(profile: Profile, budget: Budget): Profile {
  return { ...profile, file: { ...profile.file, warnings: { ...profile.file.warnings, budget } } }
}
