/** How long the real process takes from its checkpoints in Kafka to its state: a million enterprises with four facts each. */
import { z } from 'zod'
import { loadProfile } from '../src/settings/profiles.ts'
import { startBroker } from '../test/kafka/broker.ts'
import { type KafkaPlace, logArgs } from '../test/kafka/logs.ts'
import { loadTables, newPlace, partitions, withLoader } from './kafka/load.ts'
import { beatMs, eventBeats } from './market.ts'
import { forewarn, type MeasuredProcess } from './measured.ts'
import { type BenchOptions, printResult, progress } from './options.ts'

const enterprises = 1_000_000
const factsPerEnterprise = 4

const Totals = z.object({ enterprises: z.int(), fates: z.object({ applied: z.int(), stale: z.int() }) })
const Line = z.object({
  kind: z.string(),
  time: z.iso.datetime(),
  fromBeat: z.int().optional(),
  beatsReplayed: z.int().optional(),
})

export async function benchRestore(options: BenchOptions): Promise<void> {
  const profile = await loadProfile('cn')
  const broker = await startBroker()
  try {
    const place = await newPlace(broker, 'bench', 'create')
    const facts = enterprises * factsPerEnterprise
    await withLoader(place, async (load) => {
      await loadTables(load, profile, enterprises)
      const market = { enterprises, events: facts, perBeat: 10_000, everyEnterprise: factsPerEnterprise }
      for (const { records } of eventBeats(profile, market)) await load('risk-events', records)
    })
    progress(`loaded ${facts} events`)
    const filled = start(place)
    await filled.ended
    const totals = Totals.parse(JSON.parse(filled.out))
    const kept = totals.fates.applied + totals.fates.stale - 2 * enterprises // without places and grades
    if (totals.enterprises !== enterprises || kept !== facts) throw new Error(`filled otherwise: ${filled.out}`)
    progress('filled, and the checkpoints written')
    const restored = start(place, options.cpuProf)
    const { peakRssMiB, cpuUs } = await restored.ended
    const seconds = restoreSeconds(restored)
    printResult({ enterprises, facts, seconds, processCpuSeconds: cpuUs / 1e6, peakRssMiB }, options)
  } finally {
    await broker.stop()
  }
}

function start(place: KafkaPlace, cpuProf?: string): MeasuredProcess {
  return forewarn(['run', ...logArgs(place), '--until-end', '--beat-ms', String(beatMs), '--json'], cpuProf)
}

/** From the first task that begins to restore to the last that has, the watch included; every one from a checkpoint alone. */
function restoreSeconds({ err }: MeasuredProcess): number {
  const lines = err.split('\n').flatMap((line) => (line.startsWith('{') ? [Line.parse(JSON.parse(line))] : []))
  const begun = lines.filter(({ kind }) => kind === 'Restoring')
  const restored = lines.filter(({ kind }) => kind === 'Restored')
  if (
    restored.length !== partitions + 1 ||
    restored.some((one) => one.fromBeat === undefined || one.beatsReplayed !== 0)
  )
    throw new Error(`not every task restored from a checkpoint: ${err}`)
  return (Date.parse(restored.at(-1)?.time ?? '') - Date.parse(begun[0].time)) / 1_000
}
