/** A fault that comes again and again is told less and less often, with how often it came meanwhile. Pure: time comes in. */
import { minuteMs, secondMs } from '../limits.ts'

const pauseMsMin = 10 * secondMs
const pauseMsMax = 10 * minuteMs
/** So many kinds of faults are remembered; beyond that all are told. */
const keysMax = 1_000

type Known = { toldMs: number; lastMs: number; pauseMs: number; times: number }

export class Repeats {
  readonly #known = new Map<string, Known>()

  /** How often it came since it was told last, this time too; undefined: it is not to be told now. `key`: what makes two faults the same. */
  take(key: string, nowMs: number): number | undefined {
    const known = this.#known.get(key)
    const isOver = known === undefined || nowMs < known.lastMs || nowMs - known.lastMs >= 2 * pauseMsMin + known.pauseMs
    if (isOver) {
      if (this.#known.size < keysMax || known !== undefined)
        this.#known.set(key, { toldMs: nowMs, lastMs: nowMs, pauseMs: pauseMsMin, times: 0 })
      return 1
    }
    known.times++
    known.lastMs = nowMs
    if (nowMs - known.toldMs < known.pauseMs) return undefined
    const { times } = known
    this.#known.set(key, { toldMs: nowMs, lastMs: nowMs, pauseMs: Math.min(2 * known.pauseMs, pauseMsMax), times: 0 })
    return times
  }
}
