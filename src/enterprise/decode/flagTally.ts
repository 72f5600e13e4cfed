/** How many records of a beat are odd and kept all the same, by what is odd about them. */
import type { FlagCounts } from '../../notices.ts'
import { flags } from './decode.ts'

export class FlagTally {
  /** Undefined until one is odd, as in nearly every beat. */
  #counts: FlagCounts | undefined

  count(set: number): void {
    if (set === 0) return
    this.#counts ??= { ...noFlags }
    const counts = this.#counts
    if ((set & flags.checkDigit) !== 0) counts.checkDigit++
    if ((set & flags.unknownRegion) !== 0) counts.unknownRegion++
    if ((set & flags.unknownIndustry) !== 0) counts.unknownIndustry++
    if ((set & flags.unknownSource) !== 0) counts.unknownSource++
    if ((set & flags.unknownStatus) !== 0) counts.unknownStatus++
  }

  /** All that was counted; the next beat begins at nothing. */
  take(): FlagCounts {
    const counts = this.#counts ?? noFlags
    this.#counts = undefined
    return counts
  }
}

const noFlags: FlagCounts = {
  checkDigit: 0,
  unknownRegion: 0,
  unknownIndustry: 0,
  unknownSource: 0,
  unknownStatus: 0,
}
