/**
 * The port of evidence: how a stream of counts gathers that it has risen, over ticks, beside what a detector expects of it. Days and hours have
 * Shiryaev-Roberts evidence (shiryaevRoberts.ts), weeks that of two weeks beside a slow clock (weeks.ts).
 *
 * A stream's state is `length` doubles at an offset of a shared Float64Array, 0 where nothing was seen: saved as bytes, it is restored exactly.
 * By chance evidence exceeds A about once in A ticks, so all kinds have limits of the same scale (callLimit.ts).
 */
import type { Expectation } from './detector.ts'
import { leastBetween } from './leastBetween.ts'

/** A count, and N, the number of nodes that share a limit, >= 1. */
export type Counted = { readonly y: number; readonly nodes: number }

/**
 * Counts of many streams in one tick, in columns: where the state of each begins, what was expected of it, what came, N, and the evidence above which
 * it has called; Infinity where the count does not suffice for a call.
 */
export type StreamCounts = {
  readonly offsets: Int32Array
  readonly means: Float64Array
  readonly variances: Float64Array
  readonly counts: Float64Array
  readonly nodes: Float64Array
  readonly limits: Float64Array
}

export function streamCounts(length: number): StreamCounts {
  const column = (): Float64Array => new Float64Array(length)
  const columns = { means: column(), variances: column(), counts: column(), nodes: column(), limits: column() }
  return { offsets: new Int32Array(length), ...columns }
}

export type StreamLimits = {
  /** What evidence must exceed, >= 0. */
  readonly evidenceMin: number
  /** N, >= 1. */
  readonly nodes: number
  /** The least count that may call, whatever the evidence. */
  readonly countMin: number
}

export interface Evidence {
  /** Doubles that a stream takes in the state array. */
  readonly length: number
  /** Forgets all that a stream has gathered: at its start, and in a tick of which nothing can be believed. */
  start(state: Float64Array, offset: number): void
  /**
   * Takes the tick's count into a stream. `expectation`: of this tick, before the count was learnt. RangeError, and the state untouched, if
   * the count is no whole number >= 0 or the expectation is out of range.
   */
  add(state: Float64Array, offset: number, expectation: Expectation, counted: Counted): void
  /**
   * The same for the first so many of the columns, each a stream of its own: the same bits, in far less time. A stream that has called takes back
   * what would call again for the same rise, where there is such a thing.
   */
  addAll(state: Float64Array, columns: StreamCounts, length: number): void
  /** The evidence in a stream, >= 0 and finite. */
  evidenceIn(state: Float64Array, offset: number): number
  /** The evidence that a stream would have after this count; the state stays. RangeError as `add`. */
  evidenceWith(state: Float64Array, offset: number, expectation: Expectation, counted: Counted): number
  /** What no count, and no expectation, lifts a stream's evidence above; Infinity where that is not known. */
  mostWith(state: Float64Array, offset: number, nodes: number): number
  /**
   * The least count >= countMin and above the expected that lifts a stream's evidence above a limit; undefined where none does. Evidence
   * rises with the count, so it is found by bisection. RangeError as `add`.
   */
  leastCallingCount(
    state: Float64Array,
    offset: number,
    expectation: Expectation,
    limits: StreamLimits,
  ): number | undefined
}

/** The least of least..most with a property that all above it have too; undefined where most has it not. */
export function leastWith(has: (y: number) => boolean, least: number, most: number): number | undefined {
  if (!has(most)) return undefined // as it mostly is
  if (has(least)) return least
  return leastBetween(has, least, most)
}
