/** How fast the days of the demo pass: set by a page while it runs. */
import { setTimeout as sleep } from 'node:timers/promises'
import { secondMs } from '../../limits.ts'
import type { DemoClock as Clock } from '../../serve/contracts.ts'

/** So often a clock that stands is looked at. */
const lookMs = 50

export class DemoClock {
  #clock: Clock

  /** `daysPerSecond`: 0 is as fast as it goes. */
  constructor(daysPerSecond: number) {
    this.#clock = { paused: false, daysPerSecond }
  }

  get state(): Clock {
    return this.#clock
  }

  set(clock: Clock): void {
    this.#clock = clock
  }

  /** Until a day that began at `begunMs` is over, by the speed that is set meanwhile. */
  async dayIsOver(begunMs: number, signal: AbortSignal): Promise<void> {
    const isOver = (): boolean => {
      const { paused, daysPerSecond } = this.#clock
      return !paused && (daysPerSecond === 0 || Date.now() - begunMs >= secondMs / daysPerSecond)
    }
    while (!isOver() && !signal.aborted) await sleep(lookMs, undefined, { signal }).catch(() => {})
  }
}
