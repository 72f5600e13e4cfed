/** Feeds a simulated market into the log day by day, as an import that never ends: beats close by its marks, not by the clock. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { ImportWriter } from '../../ingest/imports/importWriter.ts'
import { dayMs, minuteMs } from '../../limits.ts'
import type { SimulateOptions, Simulation } from '../../simulate/simulate.ts'
import { type ArtefactRequest, artefactDaysMax } from '../../simulate/troubles/artefacts.ts'
import type { TroubleRequest } from '../../simulate/troubles/troubles.ts'
import type { DemoClock } from './demoClock.ts'

/** Ten minutes: fine enough for a picture of the day, coarse enough to run months in seconds. */
export const demoBeatMs = 10 * minuteMs
export const demoStartMs = Date.parse('2025-12-31T16:00:00.000Z') // midnight in China
/** Days that run at full speed, so that there is a history to judge by: two more than the profile needs before it judges. */
export const historyDays = 16
/** Large, and right after the history. It is over before the simulator's other outbreaks begin. */
export const clearOutbreak = { fromDay: historyDays, toDay: historyDays + 5 }

/** One of each kind that can be seen, in weeks without much else; those that the days do not reach are left out. */
export function demoPlans(days: number): Pick<SimulateOptions, 'clearOutbreak' | 'troubles' | 'artefacts'> {
  const artefacts: ArtefactRequest[] = [
    { kind: 'batch', fromDay: 21 },
    { kind: 'enterprise', fromDay: 23 },
    { kind: 'return', fromDay: 30 },
  ]
  const troubles: TroubleRequest[] = [
    { kind: 'swap', fromDay: 40, toDay: days, regions: 1 },
    { kind: 'grades', fromDay: 40, toDay: days, regions: 1 },
  ]
  return {
    clearOutbreak,
    artefacts: artefacts.filter(({ fromDay = 0 }) => fromDay + artefactDaysMax <= days),
    troubles: troubles.filter(({ fromDay = 0 }) => fromDay < days),
  }
}

export type FeedOptions = {
  days: number
  clock: DemoClock
  /** The last beat that the watch has folded. */
  watch: () => number | undefined
  /** So many days are folded. */
  dayFolded?: (days: number) => void
  signal: AbortSignal
}

export async function feed(writer: ImportWriter, simulation: Simulation, options: FeedOptions): Promise<void> {
  const { days, signal } = options
  let day = 0
  for (const { topic, key, knownAtMs, text } of simulation.records()) {
    while (knownAtMs >= demoStartMs + (day + 1) * dayMs && day < days) {
      await endDay(writer, day++, options)
      if (signal.aborted) return
    }
    if (day >= days) break // what becomes known after the last day
    writer.add(topic, { key, timeMs: knownAtMs, value: Buffer.from(text) })
  }
  while (day < days && !signal.aborted) await endDay(writer, day++, options)
}

/** Marks a day as written, and waits until it is folded, and until it is time for the next one. */
async function endDay(writer: ImportWriter, day: number, options: FeedOptions): Promise<void> {
  const { clock, watch, dayFolded, signal } = options
  const begunMs = Date.now()
  const endMs = demoStartMs + (day + 1) * dayMs
  await writer.mark(endMs)
  const endBeat = endMs / demoBeatMs - 1
  while ((watch() ?? Number.NEGATIVE_INFINITY) < endBeat && !signal.aborted) await sleep(2)
  dayFolded?.(day + 1)
  if (day >= historyDays) await clock.dayIsOver(begunMs, signal)
}
