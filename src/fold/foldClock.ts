/**
 * The clock by which live beats close, one for all tasks of a process. It is the machine's, but it never runs back behind what is folded:
 * when the machine's was set back, or beats were folded ahead of it, it goes on from there at a tenth of its speed until the
 * machine's has caught up. So records go on being folded, in order, and the lead shrinks.
 */
import { slewRate } from '../limits.ts'

export class FoldClock {
  readonly #now: () => number
  #machineMs: number
  #slewedMs = Number.NEGATIVE_INFINITY

  /** `now`: the machine's clock, milliseconds since 1970. */
  constructor(now: () => number) {
    this.#now = now
    this.#machineMs = now()
  }

  /** Milliseconds since 1970. `leastMs`: the instant at which the last beat that is folded could be closed. */
  read(leastMs: number): number {
    const nowMs = this.#now()
    const passedMs = Math.max(0, nowMs - this.#machineMs)
    const leads = this.#slewedMs > this.#machineMs
    this.#machineMs = nowMs
    this.#slewedMs = leads ? Math.max(this.#slewedMs + passedMs / slewRate, leastMs) : leastMs
    return Math.max(nowMs, this.#slewedMs)
  }
}

/** Milliseconds since an instant; for ever ago, when the clock was set back behind it. */
export function msSince(thenMs: number, nowMs: number): number {
  return nowMs < thenMs ? Number.POSITIVE_INFINITY : nowMs - thenMs
}
