/** Feeds a simulated market into the log day by day, as an import that never ends: beats close by its marks, not by the clock. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Command } from '../../streams/commands.ts'
import { partitionOf } from '../../streams/partition.ts'
import { recordTopics } from '../../streams/topics.ts'
import { dayMs, secondMs } from '../limits.ts'
import type { Log, NewRecord } from '../log/port.ts'
import type { Simulation } from '../simulate/simulate.ts'

export type FeedOptions = {
  days: number
  startMs: number
  warmUpDays: number
  /** 0: as fast as it goes. */
  daysPerSecond: number
  beatMs: number
  /** The last beat that the watch has folded. */
  watch: () => number | undefined
  signal: AbortSignal
}

type Pending = Map<(typeof recordTopics)[number], NewRecord[]>

export async function feed(log: Log, simulation: Simulation, options: FeedOptions): Promise<void> {
  const { startMs, days, signal } = options
  await command(log, { kind: 'import.begin' }, startMs)
  let pending: Pending = new Map()
  let day = 0
  for (const record of simulation.records()) {
    while (record.knownAtMs >= startMs + (day + 1) * dayMs && day < days) {
      await endDay(log, pending, day++, options)
      pending = new Map()
      if (signal.aborted) return
    }
    if (day >= days) break // what becomes known after the last day
    const list = pending.get(record.topic)
    const one = { key: record.key, timeMs: record.knownAtMs, value: Buffer.from(record.text) }
    if (list) list.push(one)
    else pending.set(record.topic, [one])
  }
  while (day < days && !signal.aborted) {
    await endDay(log, pending, day++, options)
    pending = new Map()
  }
}

/** Appends a day, marks it, and waits until it is folded, and until it is time for the next one. */
async function endDay(log: Log, pending: Pending, day: number, options: FeedOptions): Promise<void> {
  const { startMs, warmUpDays, daysPerSecond, beatMs, watch, signal } = options
  const begunMs = Date.now()
  for (const topic of recordTopics) {
    const partitions = log.partitions(topic)
    const parts: NewRecord[][] = Array.from({ length: partitions }, () => [])
    for (const record of pending.get(topic) ?? [])
      parts[record.key === null ? 0 : partitionOf(record.key, partitions)].push(record)
    for (const [partition, records] of parts.entries())
      if (records.length > 0) await log.append(topic, partition, records)
  }
  const endMs = startMs + (day + 1) * dayMs
  await command(log, { kind: 'import.mark', through: new Date(endMs).toISOString() }, endMs - 1)
  const endBeat = endMs / beatMs - 1
  while ((watch() ?? Number.NEGATIVE_INFINITY) < endBeat && !signal.aborted) await sleep(2)
  if (daysPerSecond > 0 && day >= warmUpDays)
    await sleep(Math.max(0, secondMs / daysPerSecond - (Date.now() - begunMs)), undefined, { signal }).catch(() => {})
}

async function command(
  log: Log,
  what: { kind: 'import.begin' } | { kind: 'import.mark'; through: string },
  timeMs: number,
): Promise<void> {
  const value: Command = { id: `demo-${what.kind}-${timeMs}`, actor: 'forewarn demo', ...what }
  await log.append('commands', 0, [{ key: null, timeMs, value: Buffer.from(JSON.stringify(value)) }])
}
