/**
 * The one thread of a process is shared by its tasks and its server. Whoever works long asks, slice by slice, whether the turn is over,
 * and waits for another. Of all who wait one goes on in each round of the event loop, so the server is served between any two turns.
 */
import { turnMsMax } from '../limits.ts'

export class Turns {
  readonly #now: () => number
  readonly #waiting: (() => void)[] = []
  #begunMs: number

  /** `now`: milliseconds since 1970. */
  constructor(now: () => number) {
    this.#now = now
    this.#begunMs = now()
  }

  /** Whether the turn has lasted long enough. It is over too when the clock was set back. */
  get over(): boolean {
    const lastedMs = this.#now() - this.#begunMs
    return lastedMs >= turnMsMax || lastedMs < 0
  }

  /** Resolves when the next turn begins: in a later round of the event loop, after those who waited before. */
  next(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#waiting.push(resolve) === 1) setImmediate(() => this.#begin())
    })
  }

  /** Does work that is cut in slices, in as many turns as it takes; nothing is to be waited for when this one was enough. */
  work(slices: Iterable<unknown>): Promise<void> | undefined {
    const each = slices[Symbol.iterator]()
    do if (this.over) return this.#workOn(each)
    while (each.next().done !== true)
    return undefined
  }

  async #workOn(slices: Iterator<unknown>): Promise<void> {
    do if (this.over) await this.next()
    while (slices.next().done !== true)
  }

  #begin(): void {
    this.#begunMs = this.#now()
    this.#waiting.shift()?.()
    if (this.#waiting.length > 0) setImmediate(() => this.#begin())
  }
}
