/** What is asked of warnings in 2008 and 2020, by the weekly notices of each state. Definitions: bench/README.md, "warn". */

/** Weeks are whole numbers, counted as ticks of the profile are. `counts` from the week `first` on. */
export type State = { code: string; first: number; counts: readonly number[] }
/** A warning of a state: raised in a week, and cleared in a later one, or standing to the end. */
export type Standing = { state: string; raised: number; cleared: number }

const [yearWeeks, twoYears, quarter] = [52, 104, 13]

const countIn = ({ first, counts }: State, week: number): number => counts[week - first] ?? 0
const sumOf = (state: State, from: number, weeks: number): number =>
  Array.from({ length: weeks }, (_, at) => countIn(state, from + at)).reduce((sum, count) => sum + count, 0)

/** The first week within a span in which a state has more than three times the mean of the two years before. */
export function threefoldWeek(state: State, from: number, to: number): number | undefined {
  for (let week = from; week <= to; week++) {
    const known = Math.min(twoYears, week - state.first)
    if (known >= yearWeeks && countIn(state, week) > (3 * sumOf(state, week - known, known)) / known) return week
  }
  return undefined
}

/**
 * The first week of a rise that lasts: its 13 weeks carry at least max(4, 19.5 m + 2 sqrt(13 m)) notices, m the weekly mean of the two years
 * before `from`, and those of the week before it did not. Undefined for a state without these two years, or without such a rise by `to`.
 */
export function lastingRise(state: State, from: number, to: number): number | undefined {
  if (from - state.first < twoYears) return undefined
  const mean = sumOf(state, from - twoYears, twoYears) / twoYears
  const isRisen = (week: number): boolean =>
    sumOf(state, week, quarter) >= Math.max(4, 19.5 * mean + 2 * Math.sqrt(13 * mean))
  for (let week = from; week <= to; week++) if (isRisen(week) && !isRisen(week - 1)) return week
  return undefined
}

/** Whether a warning was raised in a week or one of the next. */
export function isRaised(all: readonly Standing[], code: string, from: number, to: number): boolean {
  return all.some(({ state, raised }) => state === code && raised >= from && raised <= to)
}

/** The same of a rise that lasts, unless one stood four to eight weeks before it: that one was not about the rise. */
export function isWarnedOf(all: readonly Standing[], code: string, rise: number): boolean {
  const stood = all.some(({ state, raised, cleared }) => state === code && raised <= rise - 4 && cleared >= rise - 8)
  return !stood && isRaised(all, code, rise, rise + 8)
}
