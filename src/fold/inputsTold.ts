/** What a task tells of its inputs: what waits in them and until when, and records whose log time is not that of the beat which they joined. */
import type { TopicName } from '../../streams/topics.ts'
import { aheadToldMs, minuteMs } from '../limits.ts'
import type { Listener } from '../notices.ts'
import type { Closing } from './closing.ts'
import { msSince } from './foldClock.ts'
import type { InputQueue } from './inputQueue.ts'

type Stand = { ends: readonly number[]; closing: Closing; foldedEndMs: number }

export class InputsTold {
  readonly #task: string
  readonly #options: { beatMs: number; now: () => number; listener: Listener }
  #regressions = 0
  #leads = 0
  #waiting = ''
  #leadToldMs = Number.NEGATIVE_INFINITY

  constructor(task: string, options: { beatMs: number; now: () => number; listener: Listener }) {
    this.#task = task
    this.#options = options
  }

  /** Tells what has changed. `ends`: how far each input goes; `foldedEndMs`: the end of the last beat folded. */
  tell(queues: readonly InputQueue[], stand: Stand): void {
    this.#tellTimes(queues)
    const untilMs = this.#waitsUntilMs(queues, stand)
    this.#tellWaiting(queues, stand.ends, untilMs)
    if (stand.closing.latest !== undefined) this.#tellLead(untilMs, stand.foldedEndMs)
  }

  #tellTimes(queues: readonly InputQueue[]): void {
    const { listener } = this.#options
    const task = this.#task
    const [regressions, leads] = [sumOf(queues, 'regressions'), sumOf(queues, 'leads')]
    if (regressions > this.#regressions)
      listener({ kind: 'LogTimeRegressed', task, topic: task, records: regressions - this.#regressions })
    if (leads > this.#leads) listener({ kind: 'LogTimeLed', task, records: leads - this.#leads })
    this.#regressions = regressions
    this.#leads = leads
  }

  #tellWaiting(queues: readonly InputQueue[], ends: readonly number[], untilMs: number | undefined): void {
    const records: Partial<Record<TopicName, number>> = {}
    for (const [at, queue] of queues.entries())
      records[queue.input.topic] = (records[queue.input.topic] ?? 0) + queue.waiting(ends[at])
    const waiting = JSON.stringify({ records, untilMs })
    if (waiting !== this.#waiting) this.#options.listener({ kind: 'InputsWaiting', task: this.#task, records, untilMs })
    this.#waiting = waiting
  }

  /** The end of the latest beat for which records wait that the clock has yet to come to; undefined when none does. */
  #waitsUntilMs(queues: readonly InputQueue[], { closing, foldedEndMs }: Stand): number | undefined {
    if (closing.latest === undefined) return undefined
    const { beatMs, now } = this.#options
    const endsMs = queues.map(({ leader, length, lastBeat }) =>
      leader !== undefined || length === 0 ? Number.NEGATIVE_INFINITY : (lastBeat + 1) * beatMs,
    )
    const untilMs = Math.max(...endsMs)
    const clockMs = Math.max(closing.by === 'clock' ? closing.lookMs : now(), foldedEndMs)
    return untilMs - clockMs > beatMs + aheadToldMs ? untilMs : undefined
  }

  /** Log time leads the clock: that of what waits, or of what is folded already. Told at once, and every minute. */
  #tellLead(untilMs: number | undefined, foldedEndMs: number): void {
    const { now, listener } = this.#options
    const leadMs = Math.max(untilMs ?? foldedEndMs, foldedEndMs) - now()
    if (leadMs <= aheadToldMs) this.#leadToldMs = Number.NEGATIVE_INFINITY
    else if (msSince(this.#leadToldMs, now()) >= minuteMs) {
      this.#leadToldMs = now()
      listener({ kind: 'LogTimeLeads', task: this.#task, seconds: leadMs / 1_000, waits: untilMs !== undefined })
    }
  }
}

function sumOf(queues: readonly InputQueue[], what: 'regressions' | 'leads'): number {
  return queues.reduce((sum, queue) => sum + queue[what], 0)
}
