/** Wakes followers of the log: at once when this process wrote, and soon when another one did. */

const pollEveryMs = 50 // one look costs some microseconds: it reads a counter in shared memory
const timerMsMax = 2 ** 31 - 1

export class Changes {
  /** SQLite's `data_version`: moves when another connection has committed, in this process or elsewhere. */
  readonly #dataVersion: () => number
  readonly #waiting = new Set<() => void>()
  #seenVersion: number
  #wroteUnseen = false
  #poll: NodeJS.Timeout | undefined

  constructor(dataVersion: () => number) {
    this.#dataVersion = dataVersion
    this.#seenVersion = dataVersion()
  }

  /** This process has written. */
  mark(): void {
    if (this.#waiting.size === 0) this.#wroteUnseen = true
    else this.wakeAll()
  }

  wakeAll(): void {
    for (const wake of [...this.#waiting]) wake()
  }

  /** Resolves when anything was written since the last call or since opening, or after `timeoutMs`. */
  async wait(timeoutMs: number): Promise<void> {
    const changed = this.#othersWrote() || this.#wroteUnseen
    this.#wroteUnseen = false
    if (changed) return
    await new Promise<void>((resolve) => this.#enlist(resolve, Math.min(timeoutMs, timerMsMax)))
  }

  #enlist(resolve: () => void, timeoutMs: number): void {
    const wake = () => {
      clearTimeout(timer)
      this.#waiting.delete(wake)
      if (this.#waiting.size === 0) this.#stopPolling()
      resolve()
    }
    const timer = setTimeout(wake, timeoutMs)
    this.#waiting.add(wake)
    this.#poll ??= setInterval(() => this.#look(), pollEveryMs)
  }

  #look(): void {
    try {
      if (this.#othersWrote()) this.wakeAll()
    } catch {
      this.wakeAll() // the follower's next read meets the same error and can say so; a timer cannot
    }
  }

  #othersWrote(): boolean {
    const version = this.#dataVersion()
    const moved = version !== this.#seenVersion
    this.#seenVersion = version
    return moved
  }

  #stopPolling(): void {
    clearInterval(this.#poll)
    this.#poll = undefined
  }
}
