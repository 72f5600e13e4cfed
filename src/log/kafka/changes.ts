/** Wakes followers of the log when the end of a followed partition has moved; one look answers all who wait. */
import { setTimeout as sleep } from 'node:timers/promises'

const lookEveryMs = 20

export class Changes {
  readonly #ends: () => Promise<readonly number[]>
  #seen = ''
  #looking: Promise<boolean> | undefined
  #wroteUnseen = false
  #closed = false

  /** `ends`: of all partitions that are followed. */
  constructor(ends: () => Promise<readonly number[]>) {
    this.#ends = ends
  }

  /** This process has written. */
  mark(): void {
    this.#wroteUnseen = true
  }

  close(): void {
    this.#closed = true
  }

  async wait(timeoutMs: number): Promise<void> {
    const untilMs = performance.now() + timeoutMs
    for (;;) {
      if (this.#closed) return
      this.#looking ??= this.#look().finally(() => {
        this.#looking = undefined
      })
      if (await this.#looking) return
      const leftMs = untilMs - performance.now()
      if (leftMs <= 0) return
      await sleep(Math.min(lookEveryMs, leftMs))
    }
  }

  async #look(): Promise<boolean> {
    const seen = JSON.stringify(await this.#ends())
    const moved = seen !== this.#seen || this.#wroteUnseen
    this.#seen = seen
    this.#wroteUnseen = false
    return moved
  }
}
