/**
 * The real process on a real broker. How much CPU an event takes, all in, beside the fold alone and a bare read of the same topic;
 * then how long an event takes from the moment it is due to be sent to its committed alert.
 */
import { z } from 'zod'
import { loadModel } from '../src/settings/models.ts'
import { loadProfile } from '../src/settings/profiles.ts'
import type { Profile } from '../streams/profile.ts'
import { wireName } from '../streams/topics.ts'
import { type Broker, startBroker } from '../test/kafka/broker.ts'
import { logArgs } from '../test/kafka/logs.ts'
import { measureSpeed } from './fold.ts'
import { measureLatency } from './kafka/latency.ts'
import { loadTables, newPlace, withLoader } from './kafka/load.ts'
import { beatMs, eventBeats } from './market.ts'
import { benchProgram, forewarn } from './measured.ts'
import { type BenchOptions, printResult, progress } from './options.ts'

const enterprises = 200_000
const events = 2_000_000
const perBeat = 10_000

export async function benchKafka(options: BenchOptions): Promise<void> {
  const profile = await loadProfile('cn')
  const broker = await startBroker()
  try {
    const throughput = await measureThroughput(broker, profile, options)
    const latencyMs = await measureLatency(broker, profile, enterprises)
    printResult({ events, enterprises, ...throughput, latencyMs }, options)
  } finally {
    await broker.stop()
  }
}

type Throughput = {
  eventsPerSecond: number
  cpuUsPerEvent: number
  foldCpuUsPerEvent: number
  readCpuUsPerEvent: number
  peakRssMiB: number
}

async function measureThroughput(broker: Broker, profile: Profile, { cpuProf }: BenchOptions): Promise<Throughput> {
  const place = await newPlace(broker, 'bench', 'create')
  await withLoader(place, async (load) => {
    await loadTables(load, profile, enterprises)
    for (const { records } of eventBeats(profile, { enterprises, events, perBeat })) await load('risk-events', records)
  })
  progress(`loaded ${events} events`)
  const all = [...logArgs(place), '--until-end', '--beat-ms', String(beatMs), '--log-level', 'warn', '--json']
  const run = forewarn(['run', ...all], cpuProf)
  const ran = await run.ended
  const folded = z.object({ events: z.int() }).parse(JSON.parse(run.out))
  if (folded.events !== events + 2 * enterprises) throw new Error(`${folded.events} records were folded`)
  progress(`the process: ${ran.cpuUs / events} us an event, ${ran.peakRssMiB} MiB, ${ran.seconds} s`)
  const topic = wireName('risk-events', place.prefixes)
  const read = await benchProgram('kafka/bareRead.ts', [broker.host, topic, String(events)]).ended
  progress(`a bare read: ${read.cpuUs / events} us an event`)
  const fold = measureSpeed(profile, await loadModel('baseline'), enterprises)
  progress(`the fold alone: ${fold.cpuUsPerEvent} us an event`)
  return {
    eventsPerSecond: Math.round(events / ran.seconds),
    cpuUsPerEvent: ran.cpuUs / events,
    foldCpuUsPerEvent: fold.cpuUsPerEvent,
    readCpuUsPerEvent: read.cpuUs / events,
    peakRssMiB: ran.peakRssMiB,
  }
}
