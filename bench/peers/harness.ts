/** The harness of the peers, which is kept outside of this repository: its broker, its data, its own answers, and one of its peers. */
import { createReadStream } from 'node:fs'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { z } from 'zod'
import { brokerJars } from '../../test/kafka/jars.ts'
import { mustRun } from '../../test/kafka/java.ts'
import { progress } from '../options.ts'

const patienceMs = 1_800_000

export type Harness = { folder: string; work: string; brokers: string; prefix: string }

const Reference = z.object({
  counters: z.object({ events: z.int(), deadLetters: z.int(), duplicates: z.int(), retractions: z.int() }),
})
const PeerResult = z.object({
  cpuUsPerEvent: z.number(),
  cpuUsPerEventAfter20pc: z.number(),
  eventsPerSecond: z.number(),
  peakRssMiB: z.number(),
  dropped: z.number().optional(),
})
const Job = z.object({ startsAt: z.iso.datetime(), days: z.int(), dayMs: z.int() })

export type Size = { enterprises: number; events: number }

/** Starts its broker, makes and loads its data with the times at which records became known; its own counts of the job. */
export async function setUp(
  { folder, work, prefix }: Harness,
  { enterprises, events }: Size,
): Promise<z.infer<typeof Reference>> {
  const env = [`WORK=${work}`, 'LOAD_ARGS=--created-at', `KAFKA_LIBS=${await brokerJars()}`]
  const args = [path.join(folder, 'setup.sh'), String(enterprises), String(events), prefix]
  const said = await mustRun('env', [...env, 'bash', ...args], { timeoutMs: patienceMs })
  progress(said.trim())
  return Reference.parse(lastLine(said))
}

export async function stopBroker({ folder, work }: Harness): Promise<void> {
  await mustRun('bash', [path.join(folder, 'kafka/kafka.sh'), 'stop', path.join(work, 'broker')])
}

export async function runPeer(
  { folder, work, brokers, prefix }: Harness,
  peer: string,
): Promise<z.infer<typeof PeerResult>> {
  const env = [`WORK=${work}`, `BROKERS=${brokers}`, `PREFIX=${prefix}`]
  const said = await mustRun('env', [...env, 'bash', path.join(folder, 'run.sh'), peer], { timeoutMs: patienceMs })
  progress(said.trim())
  return PeerResult.parse(lastLine(said))
}

/** The lines of one of its data files. */
export function dataLines({ work }: Harness, { enterprises, events }: Size, file: string): AsyncIterable<string> {
  return createInterface({ input: createReadStream(path.join(work, `data/e${enterprises}-n${events}`, file)) })
}

/** Gives each event the time at which it became known, by the rule of its loader: the latest occurredAt so far. */
export async function knownAt({ folder }: Harness): Promise<(line: string) => number> {
  const job = Job.parse(JSON.parse(await mustRun('cat', [path.join(folder, 'job.json')])))
  const startMs = Date.parse(job.startsAt)
  let latestMs = startMs - job.dayMs
  return (line) => {
    const timeMs = Date.parse(/"occurredAt":"(.{24})/.exec(line)?.[1] ?? '')
    if (timeMs > latestMs && timeMs < startMs + (job.days + 1) * job.dayMs) latestMs = timeMs
    return latestMs
  }
}

const lastLine = (text: string): unknown => JSON.parse(text.trim().split('\n').at(-1) ?? '')
