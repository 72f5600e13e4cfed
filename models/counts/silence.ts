/**
 * When a stream of records counts as silent: its arrivals are Poisson around a rate that is learnt from what it sent, and a run of
 * ticks without a record is judged by how likely it would be. With Y records in an exposure E the rate is Gamma(Y, E), and no record in
 * an exposure e has the probability (E / (E + e))^Y: a short history and a small mean need a long run, and no number is made up for
 * them. Exposure is ticks, each weighed by its place in the week (weekday.ts), so that a weekend counts for little.
 *
 * Beside it, a run must be more than twice as long as every one that ended by itself: who rests over weekends, sends once a week or
 * fails now and then is measured by its own gaps, whatever the Poisson probability says.
 */
import { exp, ln } from '../math.ts'

/** What a stream has taught. All is discounted: busy streams forget in weeks, rare ones within a year. */
export type Gaps = {
  /** Exposure of its ticks, but for the first in which it was heard: one that is looked at because it was heard says nothing of its rate. */
  exposure: number
  /** Records in them. */
  records: number
  /** The longest run of ticks without a record that ended by itself, in ticks; half of one that was told as a silence. */
  longestTicks: number
}

/** Ticks without a record, up to now. */
export type Run = { ticks: number; exposure: number }

/** A stream forgets what it has above so many records within the memory that it is given; with fewer, in thirteen times as long. */
const recordsRemembered = 60
const rareMemories = 13
/** Its longest run it forgets in three times as long. */
const longestMemories = 3

export const noGaps = (): Gaps => ({ exposure: 0, records: 0, longestTicks: 0 })
export const noRun = (): Run => ({ ticks: 0, exposure: 0 })

/** The probability of a run at least as long; 1 for a stream that has taught nothing. */
export function silenceP({ exposure, records }: Gaps, run: Run): number {
  return exposure > 0 ? exp(-records * ln(1 + run.exposure / exposure)) : 1
}

/** Whether a run is no chance, and longer than what the stream is used to. */
export function isSilence(gaps: Gaps, run: Run, pMax: number): boolean {
  return run.ticks > 2 * Math.round(gaps.longestTicks) && silenceP(gaps, run) < pMax
}

/** Takes a run that has ended, and the records of the tick that ended it. `wasSilent`: the run, up to where it was told, was a silence. */
export function learnGap(
  gaps: Gaps,
  run: Run,
  end: { records: number; exposure: number; memoryTicks: number; wasSilent: boolean },
): void {
  const passed = run.ticks + 1
  const keep = kept(passed, gaps.records > recordsRemembered ? end.memoryTicks : rareMemories * end.memoryTicks)
  const before = kept(passed, longestMemories * end.memoryTicks) * gaps.longestTicks
  gaps.longestTicks = Math.max(before, end.wasSilent ? run.ticks / 2 : run.ticks)
  // What comes at once after a silence is what was kept back: it says nothing of the rate.
  gaps.exposure = keep * gaps.exposure + run.exposure + (end.wasSilent ? 0 : end.exposure)
  gaps.records = keep * gaps.records + (end.wasSilent ? 0 : end.records)
}

/** What is left after some ticks of what is forgotten within a memory. */
function kept(ticks: number, memoryTicks: number): number {
  return exp(ticks * ln(1 - 1 / memoryTicks))
}
