/** The fold from memory: decode, place, keep, score, band, cell parts; as a multiple of JSON.parse of the same bytes in the same run. */

import type { RiskModel } from '../models/risk/riskModel.ts'
import { EnterpriseTask } from '../src/enterprise/task.ts'
import type { LogRecord, Output } from '../src/log/port.ts'
import { loadModel } from '../src/settings/models.ts'
import { loadProfile } from '../src/settings/profiles.ts'
import type { Fate } from '../streams/outputs.ts'
import type { Profile } from '../streams/profile.ts'
import { beatMs, type EventBatch, eventBeats, startMs, tableRecords } from './market.ts'
import { type BenchOptions, printResult } from './options.ts'

const firstBeat = startMs / beatMs
const perBeat = 10_000
const eventsPerRun = 2_000_000
const factsPerEnterprise = 4

type Run = {
  enterprises: number
  events: number
  cpuUsPerEvent: number
  jsonParseUsPerEvent: number
  ratio: number
  bytesPerEnterprise: number
}

export async function benchFold(options: BenchOptions): Promise<void> {
  const profile = await loadProfile('cn')
  const model = await loadModel('baseline')
  const runs: Run[] = []
  for (const enterprises of [200_000, 1_000_000]) {
    const bytesPerEnterprise = measureMemory(profile, model, enterprises)
    const run = measureSpeed(profile, model, enterprises)
    runs.push({ enterprises, events: eventsPerRun, ...run, bytesPerEnterprise })
    process.stderr.write(
      `${enterprises} enterprises: ${run.cpuUsPerEvent.toFixed(2)} us an event, JSON.parse ${run.jsonParseUsPerEvent.toFixed(2)} us, ratio ${run.ratio.toFixed(2)}, ${bytesPerEnterprise.toFixed(0)} bytes an enterprise\n`,
    )
  }
  printResult({ runs }, options)
}

/** CPU of the fold and of JSON.parse, beat by beat in turn, so that both see the same machine. */
export function measureSpeed(
  profile: Profile,
  model: RiskModel,
  enterprises: number,
): { cpuUsPerEvent: number; jsonParseUsPerEvent: number; ratio: number } {
  const fates: Partial<Record<Fate, number>> = {}
  const task = newTask(profile, model, (counts) => addAll(fates, counts))
  loadTables(task, profile, enterprises)
  for (const fate of Object.keys(fates)) Reflect.deleteProperty(fates, fate)
  const expected: Partial<Record<Fate, number>> = {}
  let [foldUs, parseUs, events, beat] = [0, 0, 0, firstBeat]
  for (const batch of eventBeats(profile, { enterprises, events: eventsPerRun, perBeat })) {
    addAll(expected, batch.fates)
    parseUs += cpuUs(() => parseAll(batch))
    beat++
    foldUs += cpuUs(() => task.fold(beat, { events: batch.records }, discard))
    events += batch.records.length
  }
  checkFates(expected, fates)
  return { cpuUsPerEvent: foldUs / events, jsonParseUsPerEvent: parseUs / events, ratio: foldUs / parseUs }
}

/** Growth of array buffers and heap by enterprises with a grade, a place and four facts each. */
function measureMemory(profile: Profile, model: RiskModel, enterprises: number): number {
  fillRows(
    newTask(profile, model, () => {}),
    profile,
    20_000,
  ) // compiled code and caches, which do not grow with enterprises, are there before
  const task = newTask(profile, model, () => {})
  const before = memory()
  fillRows(task, profile, enterprises)
  const grown = memory() - before
  return task.known.rows.count === enterprises ? grown / enterprises : Number.NaN
}

function fillRows(task: EnterpriseTask, profile: Profile, enterprises: number): void {
  loadTables(task, profile, enterprises)
  let beat = firstBeat
  for (const batch of eventBeats(profile, {
    enterprises,
    events: enterprises * factsPerEnterprise,
    perBeat,
    everyEnterprise: factsPerEnterprise,
  })) {
    beat++
    task.fold(beat, { events: batch.records }, discard)
  }
}

function newTask(
  profile: Profile,
  model: RiskModel,
  count: (fates: Partial<Record<Fate, number>>) => void,
): EnterpriseTask {
  return new EnterpriseTask({
    profile,
    model,
    beatMs,
    partition: 0,
    partitions: 1,
    hashSeed: [0, 0],
    listener: (notice) => notice.kind === 'BeatFolded' && count(notice.fates),
  })
}

function loadTables(task: EnterpriseTask, profile: Profile, enterprises: number): void {
  const tables = tableRecords(profile, enterprises)
  task.fold(firstBeat, tables, discard)
}

let written = 0
function discard(output: Output): void {
  written += output.record.value.length
}

const decoder = new TextDecoder()
let parsed = 0
function parseAll(batch: EventBatch): void {
  for (const { value } of batch.records satisfies LogRecord[]) if (JSON.parse(decoder.decode(value)) !== null) parsed++
}

/** CPU time of the whole process, its garbage collection included; what came before leaves none behind. */
function cpuUs(work: () => void): number {
  globalThis.gc?.({ type: 'minor' })
  const from = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(from)
  return user + system
}

function memory(): number {
  for (let at = 0; at < 3; at++) globalThis.gc?.()
  const { arrayBuffers, heapUsed } = process.memoryUsage()
  return arrayBuffers + heapUsed
}

function addAll(to: Partial<Record<Fate, number>>, from: Partial<Record<Fate, number>>): void {
  for (const [fate, count] of Object.entries(from))
    Object.assign(to, { [fate]: (Object.entries(to).find(([name]) => name === fate)?.[1] ?? 0) + count })
}

function checkFates(expected: Partial<Record<Fate, number>>, found: Partial<Record<Fate, number>>): void {
  const text = (counts: Partial<Record<Fate, number>>): string => JSON.stringify(Object.entries(counts).sort())
  if (text(expected) !== text(found))
    throw new Error(`fates differ from the oracle: expected ${text(expected)}, found ${text(found)}`)
}

export const benchSideEffects = (): number => written + parsed
