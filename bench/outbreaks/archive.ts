/** What the fold archived of a simulated market, tick by tick: folded once a seed, then kept in the system's folder of temporary files. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { foldVersion } from '../../src/fold/version.ts'
import { ImportWriter } from '../../src/ingest/imports/importWriter.ts'
import { dayMs } from '../../src/limits.ts'
import { openEmbeddedLog } from '../../src/log/embedded/embeddedLog.ts'
import { recordsOf } from '../../src/log/recordsOf.ts'
import { type SimulateOptions, simulate } from '../../src/simulate/simulate.ts'
import { Truth } from '../../src/simulate/truth.ts'
import { byTick } from '../../src/watch/judgedAgain.ts'
import type { Profile } from '../../streams/profile.ts'
import { TickRecord } from '../../streams/ticks.ts'
import { foldCalmly } from '../../test/support/calm.ts'

export type Market = Required<
  Pick<SimulateOptions, 'enterprises' | 'days' | 'seed' | 'outbreaks' | 'halves' | 'silences'>
> & {
  start: number
}
/** Ticks in their order, each with its pages. */
export type ArchivedMarket = { truth: Truth; ticks: TickRecord[][] }

export const beatMs = 3_600_000

export async function archivedMarket(
  profile: Profile,
  market: Market,
  progress: (line: string) => void,
): Promise<ArchivedMarket> {
  const file = path.join(tmpdir(), 'forewarn-bench', `${nameOf(profile, market)}.ndjson.gz`)
  if (!existsSync(file)) {
    progress(`seed ${market.seed}: simulating and folding`)
    const lines = await foldedLines(profile, market)
    mkdirSync(path.dirname(file), { recursive: true })
    writeFileSync(`${file}.part`, gzipSync(lines.join('\n'), { level: 1 }))
    renameSync(`${file}.part`, file)
  }
  const [first, ...rest] = gunzipSync(readFileSync(file)).toString('utf8').split('\n')
  return {
    truth: Truth.parse(JSON.parse(first)),
    ticks: byTick(rest.map((line) => TickRecord.parse(JSON.parse(line)))),
  }
}

/** All that a tick's counts depend on. */
function nameOf(profile: Profile, { enterprises, days, seed, outbreaks, halves, silences, start }: Market): string {
  const planned = `${outbreaks ? (halves ? 'halves' : 'outbreaks') : 'quiet'}-${silences ? 'silences' : 'heard'}`
  const day = new Date(start).toISOString().slice(0, 10)
  return `${profile.hash.slice(0, 12)}-v${foldVersion}-${enterprises}-${days}-${day}-${planned}-seed-${seed}`
}

/** The truth, then the pages of each tick. Counts do not depend on a model, so nothing is scored. */
async function foldedLines(profile: Profile, market: Market): Promise<string[]> {
  const simulation = simulate(profile, market)
  const log = await openEmbeddedLog({ path: ':memory:', mode: 'write' })
  try {
    const writer = await ImportWriter.begin({ log, id: 'import-bench-0', now: Date.now }, market.start)
    for (const { topic, key, knownAtMs, text } of simulation.records()) {
      writer.add(topic, { key, timeMs: knownAtMs, value: Buffer.from(text) })
      if (writer.due) await writer.mark(Math.floor(knownAtMs / beatMs) * beatMs)
    }
    await writer.end(market.start + market.days * dayMs)
    await foldCalmly({ log, profile, model: null, beatMs })
    const lines = [JSON.stringify(simulation.truth)]
    for await (const { value } of recordsOf(log, 'ticks', 0)) {
      const line = Buffer.from(value).toString('utf8')
      if (JSON.parse(line).kind === 'tick') lines.push(line)
    }
    return lines
  } finally {
    await log.close()
  }
}
