/** A market of the simulator at a beat of a second, from its files to what is asked of the log; each step a process of its own. */
import { cpSync } from 'node:fs'
import path from 'node:path'
import { z } from 'zod'
import { recordTopics } from '../../streams/topics.ts'
import { forewarn, type Measures } from '../measured.ts'
import { progress } from '../options.ts'

const enterprises = 20_000
const seed = 7
const otherEpochRecords = 997

export type Sparse = { records: number; days: number; cpuUsPerRecord: number; digestEqual: boolean }

export async function sparseMarket(
  folder: string,
  days: number,
): Promise<{ verifySeconds: number | null; explainSeconds: number; sparse: Sparse }> {
  const market = path.join(folder, 'market')
  const [one, other] = [path.join(folder, 'one'), path.join(folder, 'other')]
  await said(['simulate', '--out', market, '--days', `${days}`, '--enterprises', `${enterprises}`, '--seed', `${seed}`])
  const files = recordTopics.map((topic) => `${topic}=${path.join(market, `${topic}.ndjson`)}`)
  await said(['ingest', '--known-at', 'knownAt', ...files, '--log', `embedded:${one}`])
  cpSync(one, other, { recursive: true })
  const run = await fold(one, [])
  const { events: records } = z.object({ events: z.int() }).parse(JSON.parse(run.out))
  progress(`${records} records of ${days} days: ${(run.measures.cpuUs / records).toFixed(1)} us a record`)
  await fold(other, ['--epoch-records', `${otherEpochRecords}`])
  const digestEqual = (await digestOf(one)) === (await digestOf(other))
  const id = await newestWarning(one)
  const verify = id === undefined ? undefined : await said(['verify', id, '--log', `embedded:${one}`])
  const explain = await said(['explain', await newestScored(one), '--log', `embedded:${one}`])
  return {
    verifySeconds: verify?.measures.seconds ?? null,
    explainSeconds: explain.measures.seconds,
    sparse: { records, days, cpuUsPerRecord: run.measures.cpuUs / records, digestEqual },
  }
}

type Said = { out: string; measures: Measures }

async function said(args: readonly string[]): Promise<Said> {
  const process = forewarn(args)
  const measures = await process.ended
  return { out: process.out, measures }
}

const fold = (log: string, more: readonly string[]): Promise<Said> =>
  said(['run', '--until-end', '--log', `embedded:${log}`, '--json', ...more])

const digestOf = async (log: string): Promise<string> => (await said(['digest', '--log', `embedded:${log}`])).out

/** The warning that changed last, on any axis. */
async function newestWarning(log: string): Promise<string | undefined> {
  for (const topic of ['region-warnings', 'cell-warnings', 'industry-warnings']) {
    const { out } = await said(['tail', topic, '--last', '1', '--json', '--log', `embedded:${log}`])
    if (out !== '') return z.object({ value: z.object({ id: z.string() }) }).parse(JSON.parse(out)).value.id
  }
  return undefined
}

async function newestScored(log: string): Promise<string> {
  const { out } = await said(['tail', 'scores', '--last', '1', '--json', '--log', `embedded:${log}`])
  return z.object({ key: z.string() }).parse(JSON.parse(out)).key
}
