/** One replay of the harness's topics by the real process, with outputs of its own: what it cost, and what it said. */
import { setTimeout as sleep } from 'node:timers/promises'
import { cellKeys } from '../../src/cells.ts'
import { decodeEntry } from '../../src/fold/journal.ts'
import { jsonOf } from '../../src/json.ts'
import { openKafkaLog } from '../../src/log/kafka/kafkaLog.ts'
import { createTopics } from '../../src/log/kafka/topics.ts'
import { lastRecord } from '../../src/log/lastRecord.ts'
import type { Log } from '../../src/log/port.ts'
import { recordsOf } from '../../src/log/recordsOf.ts'
import { type Fate, FateColumns, fates } from '../../streams/outputs.ts'
import type { Profile } from '../../streams/profile.ts'
import { ArchiveRecord } from '../../streams/ticks.ts'
import { type KafkaPlace, logArgs } from '../../test/kafka/logs.ts'
import { forewarn, type MeasuredProcess } from '../measured.ts'
import type { Harness } from './harness.ts'

export const partitions = 4
export const beatMs = 3_600_000
const eventsInput = 3 // of an enterprise task

export type Cost = { cpuUsPerEvent: number; cpuUsPerEventSteady: number; eventsPerSecond: number; peakRssMiB: number }
export type Replay = {
  cost: Cost
  /** Of the risk events. */
  fates: Record<Fate, number>
  dead: Record<string, number>
  /** Fresh events by `day region industry`, of the days that were closed. */
  cells: Map<string, number>
  closedDays: Set<string>
}

export async function replay(
  { brokers, prefix }: Harness,
  of: { profile: Profile; output: string; events: number; cpuProf: string | undefined },
): Promise<Replay> {
  const place: KafkaPlace = {
    connection: { brokers: [brokers], clientId: 'forewarn-bench' },
    prefixes: { input: prefix, output: of.output },
  }
  await createTopics(place.connection, { prefixes: place.prefixes, partitions, replication: 1, times: 'create' })
  const log = await openKafkaLog(place)
  try {
    const run = forewarn(
      ['run', ...logArgs(place), '--until-end', '--beat-ms', String(beatMs), '--log-level', 'warn'],
      of.cpuProf,
    )
    const early = await untilFolded(log, run, of.events / 5)
    const all = await run.ended
    const cost = {
      cpuUsPerEvent: all.cpuUs / of.events,
      cpuUsPerEventSteady: (all.cpuUs - early.cpuUs) / (of.events - early.events),
      eventsPerSecond: Math.round(of.events / all.seconds),
      peakRssMiB: Math.round(all.peakRssMiB),
    }
    return { cost, fates: await fatesOf(log), dead: await deadByCode(log), ...(await cellsOf(log, of.profile)) }
  } finally {
    await log.close()
  }
}

/** Waits until so many events are committed: the journal says it. */
async function untilFolded(log: Log, run: MeasuredProcess, wanted: number): Promise<{ cpuUs: number; events: number }> {
  for (;;) {
    let events = 0
    for (let partition = 0; partition < partitions; partition++) {
      const entry = await lastRecord(log, 'journal', partition)
      events += entry === undefined ? 0 : (decodeEntry(entry.value).at(-1)?.cuts[eventsInput] ?? 0)
    }
    if (events >= wanted) return { cpuUs: run.measures.cpuUs, events }
    await Promise.race([sleep(100), run.ended])
  }
}

async function fatesOf(log: Log): Promise<Record<Fate, number>> {
  const found = { applied: 0, stale: 0, duplicate: 0, conflict: 0, retraction: 0, absorbed: 0, dead: 0 }
  for (let partition = 0; partition < partitions; partition++)
    for await (const { value } of recordsOf(log, 'fates', partition)) {
      const columns = FateColumns.parse(jsonOf(value))
      const kinds = Buffer.from(columns.fates, 'base64')
      let row = 0
      for (const [at, topic] of columns.topics.entries())
        for (const end = row + columns.counts[at]; row < end; row++)
          if (topic === 'risk-events') found[fates[kinds[row]]]++
    }
  return found
}

async function deadByCode(log: Log): Promise<Record<string, number>> {
  const dead: Record<string, number> = {}
  for (let partition = 0; partition < log.partitions('dead-letters'); partition++)
    for await (const { headers } of recordsOf(log, 'dead-letters', partition)) {
      const code = headers?.['error-code'] ?? ''
      dead[code] = (dead[code] ?? 0) + 1
    }
  return dead
}

/** What the archive of ticks counted at the leaves. */
async function cellsOf(log: Log, profile: Profile): Promise<Pick<Replay, 'cells' | 'closedDays'>> {
  const keys = cellKeys(profile)
  const [cells, closedDays] = [new Map<string, number>(), new Set<string>()]
  for await (const { value } of recordsOf(log, 'ticks', 0)) {
    const record = ArchiveRecord.parse(jsonOf(value))
    if (record.kind !== 'tick') continue
    closedDays.add(record.label)
    for (const [at, key] of record.counts.keys.entries()) {
      if (keys.column(key) >= profile.types.length) continue // not a column of fresh events of a type
      const leaf = keys.cellOf(keys.gradedOf(key))
      const { [keys.region(leaf)]: region } = profile.regions.nodes
      const { [keys.industry(leaf)]: industry } = profile.industries.nodes
      const cell = `${record.label} ${region.code} ${industry.code}`
      cells.set(cell, (cells.get(cell) ?? 0) + record.counts.sums[at])
    }
  }
  return { cells, closedDays }
}
