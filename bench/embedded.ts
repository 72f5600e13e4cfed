/**
 * The embedded log on disk, beside the sum of its parts in the same run: import and fold of a million events, and a market of the simulator,
 * in which nearly every record is a beat of its own.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { z } from 'zod'
import { EnterpriseTask } from '../src/enterprise/task.ts'
import { beatMsDefault } from '../src/limits.ts'
import { openEmbeddedLog } from '../src/log/embedded/embeddedLog.ts'
import type { LogRecord } from '../src/log/port.ts'
import { loadModel } from '../src/settings/models.ts'
import { loadProfile } from '../src/settings/profiles.ts'
import type { Profile } from '../streams/profile.ts'
import { BareSqlite } from '../test/log/bareSqlite.ts'
import { sparseMarket } from './embedded/sparse.ts'
import { eventBeats, beatMs as hourMs, tableRecords } from './market.ts'
import { forewarn } from './measured.ts'
import { type BenchOptions, printResult, progress } from './options.ts'

const enterprises = 200_000
const events = 1_000_000
const perHour = 10_000
const appendRecords = 10_000 // as many as an import puts between two marks

type Cost = { cpuUs: number; bytes: number }

export async function benchEmbedded(options: BenchOptions): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'forewarn-bench-'))
  try {
    const profile = await loadProfile('cn')
    const whole = await importAndFold(profile, path.join(folder, 'log'))
    progress(`import and fold: ${(whole.cpuUs / events).toFixed(1)} us an event`)
    const parts = await partsOf(profile, folder)
    progress(`fold alone and bare SQLite: ${(parts.cpuUs / events).toFixed(1)} us an event`)
    const { verifySeconds, explainSeconds, sparse } = await sparseMarket(folder, options.days ?? 300)
    printResult(
      {
        events,
        cpuUsPerEvent: whole.cpuUs / events,
        partsCpuUsPerEvent: parts.cpuUs / events,
        diskBytesPerEvent: whole.bytes / events,
        inputBytesPerEvent: parts.bytes / events,
        ...{ verifySeconds, explainSeconds, sparse },
      },
      options,
    )
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** The events of an hour are spread over it, so that a beat of a second has two or three. */
function* hoursOf(profile: Profile): Iterable<LogRecord[]> {
  for (const { records } of eventBeats(profile, { enterprises, events, perBeat: perHour }))
    yield records.map((record, at) => ({
      ...record,
      timeMs: record.timeMs + Math.floor((at * hourMs) / records.length),
    }))
}

async function importAndFold(profile: Profile, folder: string): Promise<Cost> {
  const log = await openEmbeddedLog({ path: folder, mode: 'write' })
  const tables = tableRecords(profile, enterprises)
  let cpuUs = 0
  const append = async (topic: 'enterprises' | 'credit-grades' | 'risk-events', records: readonly LogRecord[]) => {
    const fresh = records.map(({ timeMs, key, value }) => ({ timeMs, key, value }))
    cpuUs += await cpuUsOf(async () => {
      for (let from = 0; from < fresh.length; from += appendRecords)
        await log.append(topic, 0, fresh.slice(from, from + appendRecords))
    })
  }
  await append('enterprises', tables.enterprises)
  await append('credit-grades', tables.grades)
  cpuUs = 0 // enterprises are there before; what is asked for are the events
  for (const records of hoursOf(profile)) await append('risk-events', records)
  await log.close()
  const run = forewarn(['run', '--until-end', '--log', `embedded:${folder}`, '--json'])
  const ended = await run.ended
  const { events: folded } = z.object({ events: z.int() }).parse(JSON.parse(run.out))
  if (folded !== events + 2 * enterprises) throw new Error(`${folded} records were folded`)
  return { cpuUs: cpuUs + ended.cpuUs, bytes: statSync(path.join(folder, 'forewarn.sqlite')).size }
}

/** The fold in memory, beat by beat as the log has them, and SQLite without it; both with the events alone. */
async function partsOf(profile: Profile, folder: string): Promise<Cost> {
  const model = await loadModel('baseline')
  const setting = { profile, model, beatMs: beatMsDefault, partition: 0, partitions: 1 }
  const task = new EnterpriseTask({ ...setting, hashSeed: [0, 0], listener: () => {} })
  const bare = new BareSqlite(path.join(folder, 'bare.sqlite'))
  let [cpuUs, bytes, read] = [0, 0, 0]
  const tables = tableRecords(profile, enterprises)
  task.fold(beatOf(tables.enterprises[0]), tables, discard)
  for (const records of hoursOf(profile)) {
    for (const { value } of records) bytes += value.length
    cpuUs += await cpuUsOf(() => {
      foldAll(task, records)
      bare.write(records)
    })
  }
  cpuUs += await cpuUsOf(() => {
    read = bare.read()
  })
  bare.close()
  if (read !== bytes) throw new Error(`${read} of ${bytes} bytes were read`)
  return { cpuUs, bytes }
}

const beatOf = ({ timeMs }: LogRecord): number => Math.floor(timeMs / beatMsDefault)

function foldAll(task: EnterpriseTask, records: readonly LogRecord[]): void {
  for (let from = 0, to = 0; from < records.length; from = to) {
    const beat = beatOf(records[from])
    while (to < records.length && beatOf(records[to]) === beat) to++
    for (const _ of task.foldInSlices(beat, { ...none, events: records.slice(from, to) }, discard));
  }
  for (const _ of task.endEpoch(discard));
}

const none = { commands: [], enterprises: [], grades: [], artifacts: [], archive: [], levels: [] }
function discard(): void {}

async function cpuUsOf(work: () => unknown): Promise<number> {
  const from = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(from)
  return user + system
}
