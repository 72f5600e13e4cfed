/**
 * Scale with processes and with enterprises: the same job by one worker process and by two, and by one with ten times as many
 * enterprises, which have as many events each. The processor's time is that of all processes of the job, start and tables included.
 */
import { availableParallelism } from 'node:os'
import { z } from 'zod'
import { loadProfile } from '../src/settings/profiles.ts'
import type { Profile } from '../streams/profile.ts'
import { type Broker, startBroker } from '../test/kafka/broker.ts'
import { type KafkaPlace, logArgs } from '../test/kafka/logs.ts'
import { loadTables, newPlace, placeWithInputsOf, withLoader } from './kafka/load.ts'
import { beatMs, eventBeats } from './market.ts'
import { forewarnAndChildren } from './measured.ts'
import { type BenchOptions, printResult, progress } from './options.ts'

const counts = [200_000, 2_000_000] as const
const eventsEach = 3
/** As many events of each enterprise in a beat, however many there are: both markets take as many beats. */
const beats = 60

const Totals = z.object({ events: z.int() })

type Cost = { cpuUsPerEvent: number; seconds: number }

export async function benchScale(options: BenchOptions): Promise<void> {
  const profile = await loadProfile('cn')
  const broker = await startBroker()
  try {
    const [few, many] = [await loaded(broker, profile, counts[0]), await loaded(broker, profile, counts[1])]
    const one = await run(few, { workers: 1, enterprises: counts[0] })
    const two = await run(await placeWithInputsOf(few, 'two'), { workers: 2, enterprises: counts[0] })
    const large = await run(many, { workers: 1, enterprises: counts[1] })
    const result = {
      cpuRatioTwoWorkers: two.cpuUsPerEvent / one.cpuUsPerEvent,
      wallRatio: two.seconds / one.seconds,
      cores: availableParallelism(),
      enterprises: [
        { count: counts[0], cpuUsPerEvent: one.cpuUsPerEvent },
        { count: counts[1], cpuUsPerEvent: large.cpuUsPerEvent },
      ],
    }
    printResult(result, options)
  } finally {
    await broker.stop()
  }
}

async function loaded(broker: Broker, profile: Profile, enterprises: number): Promise<KafkaPlace> {
  const place = await newPlace(broker, `scale-${enterprises}`, 'create')
  const events = enterprises * eventsEach
  await withLoader(place, async (load) => {
    await loadTables(load, profile, enterprises)
    const market = { enterprises, events, perBeat: events / beats }
    for (const { records } of eventBeats(profile, market)) await load('risk-events', records)
  })
  progress(`loaded ${events} events of ${enterprises} enterprises`)
  return place
}

/** @throws Error when not every record was folded. */
async function run(
  place: KafkaPlace,
  { workers, enterprises }: { workers: number; enterprises: number },
): Promise<Cost> {
  const end = ['--until-end', '--beat-ms', String(beatMs), '--log-level', 'warn', '--json']
  const ran = forewarnAndChildren(['run', ...logArgs(place), ...end, '--workers', String(workers)])
  const { cpuUs, seconds, out } = await ran
  const events = enterprises * eventsEach
  const folded = Totals.parse(JSON.parse(out)).events
  if (folded !== events + 2 * enterprises) throw new Error(`${folded} records were folded`)
  const cost = { cpuUsPerEvent: cpuUs / events, seconds }
  progress(`${workers} workers, ${enterprises} enterprises: ${JSON.stringify(cost)}`)
  return cost
}
