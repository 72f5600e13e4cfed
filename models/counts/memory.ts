/**
 * How long the recursion remembers. With weekly ticks a year is 52 counts, and level, season and dispersion need years: memories that suit
 * days would be three fifths of a year of weeks. Chosen on the design of Noufaily et al. (2013); docs/science.md, section 6.
 */
import { exp, ln } from '../math.ts'

export type Memory = {
  /** ln of what a week's evidence about level and season is worth a week later. */
  readonly lnKeepWeekly: number
  /** The same of dispersion. */
  readonly lnKeepSquaresWeekly: number
  /** Dispersion starts as if so many ticks had shown none, and as many more as bring so many events. */
  readonly phiPriorTicks: number
  readonly phiPriorEvents: number
}

/**
 * Days of sparse cells say little about dispersion: two events where .1 was expected are a squared residual of 36, and one outbreak of few events
 * would raise the dispersion for half a year, and hide the next. So it is believed by events there, not by ticks. Weeks have events enough.
 *
 * Dispersion forgets faster than the level: what the first weeks did not explain, such as the weekly rhythm, must not stay in it.
 */
const short: Memory = { lnKeepWeekly: ln(0.985), lnKeepSquaresWeekly: ln(0.97), phiPriorTicks: 5, phiPriorEvents: 40 }
const long: Memory = { lnKeepWeekly: ln(0.99), lnKeepSquaresWeekly: ln(0.995), phiPriorTicks: 15, phiPriorEvents: 0 }

/** The memory for ticks of so many days: short up to a day, long from a week on. */
export function memoryOf(tickDays: number): Memory {
  return tickDays < 7 ? short : long
}

/** That of before: every tick says as much, and weeks forget like days. */
const former: Memory = { ...short, phiPriorEvents: 0 }

/** Lengths of a tick that are remembered. */
const lengthsMax = 16

/** What evidence about level and season is worth a tick later, and what that about dispersion is. */
export type Keep = { readonly keep: number; readonly keepSquares: number }

/** How a recursion remembers and begins. */
export type Ways = {
  readonly memoryOf: (tickDays: number) => Memory
  readonly keepOf: (tickDays: number) => Keep
  /** While the cold start has a say: whether the regression is taught the posterior that includes the tick's count. */
  readonly isTaughtPosterior: boolean
}
export const waysOfNow: Ways = { memoryOf, keepOf: keepOf(memoryOf), isTaughtPosterior: true }
/** By which logs of foldVersion 4 and before were judged: `verify` judges their warnings so. */
export const formerWays: Ways = { memoryOf: () => former, keepOf: keepOf(() => former), isTaughtPosterior: false }

/** Worked out once for each length of a tick: of these there are few. */
function keepOf(memoryOf: (tickDays: number) => Memory): (tickDays: number) => Keep {
  const known = new Map<number, Keep>()
  return (tickDays) => {
    const held = known.get(tickDays)
    if (held !== undefined) return held
    const { lnKeepWeekly, lnKeepSquaresWeekly } = memoryOf(tickDays)
    const found = {
      keep: exp((lnKeepWeekly * tickDays) / 7),
      keepSquares: exp((lnKeepSquaresWeekly * tickDays) / 7),
    }
    if (known.size < lengthsMax) known.set(tickDays, found)
    return found
  }
}
