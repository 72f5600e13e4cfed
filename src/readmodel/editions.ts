/** The editions of a log's profile, by the tick from which each is in force, and what else the log was begun with. */
import type { Profile } from '../../streams/profile.ts'
import type { Log } from '../log/port.ts'
import { type Numbering, numberingOf } from './numbering.ts'

export type Edition = { profile: Profile; fromTick: number }

export type LogSetting = {
  /** In order; the first is in force from the beginning. */
  editions: readonly Edition[]
  beatMs: number
}

/** Reads the setting from the log; undefined for a log that nobody has begun to fold. */
export type ReadSetting = (log: Log) => Promise<LogSetting | undefined>

export class Editions {
  readonly #setting: LogSetting

  constructor(setting: LogSetting) {
    this.#setting = setting
  }

  get beatMs(): number {
    return this.#setting.beatMs
  }

  at(tick: number): Numbering {
    const { editions } = this.#setting
    return numberingOf((editions.findLast(({ fromTick }) => fromTick <= tick) ?? editions[0]).profile)
  }

  /** The editions of a stretch of ticks, both ends in it, with the ticks of each. */
  spans(first: number, last: number): { numbering: Numbering; from: number; to: number }[] {
    const { editions } = this.#setting
    return editions.flatMap(({ profile, fromTick }, at) => {
      const from = at === 0 ? first : Math.max(first, fromTick)
      const to = Math.min(last, (editions[at + 1]?.fromTick ?? Number.POSITIVE_INFINITY) - 1)
      return from <= to ? [{ numbering: numberingOf(profile), from, to }] : []
    })
  }

  /** The edition in force last. */
  get newest(): Numbering {
    return numberingOf(this.#setting.editions[this.#setting.editions.length - 1].profile)
  }

  get profile(): Profile {
    return this.newest.profile
  }
}
