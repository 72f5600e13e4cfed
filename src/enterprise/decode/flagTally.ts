/** How many records of a beat are odd and kept all the same, by what is odd about them. */
import type { FlagCounts } from '../../notices.ts'
import { flags } from './decode.ts'

export class FlagTally {
  #counts = none()
  #isEmpty = true

  count(set: number): void {
    if (set === 0) return
    this.#isEmpty = false
    if ((set & flags.checkDigit) !== 0) this.#counts.checkDigit++
    if ((set & flags.unknownRegion) !== 0) this.#counts.unknownRegion++
    if ((set & flags.unknownIndustry) !== 0) this.#counts.unknownIndustry++
    if ((set & flags.unknownSource) !== 0) this.#counts.unknownSource++
    if ((set & flags.unknownStatus) !== 0) this.#counts.unknownStatus++
  }

  /** All that was counted; the next beat begins at nothing. */
  take(): FlagCounts {
    const counts = this.#counts
    if (this.#isEmpty) return counts // of a beat without a flag, as nearly all are
    this.#counts = none()
    this.#isEmpty = true
    return counts
  }
}

function none(): FlagCounts {
  return { checkDigit: 0, unknownRegion: 0, unknownIndustry: 0, unknownSource: 0, unknownStatus: 0 }
}
