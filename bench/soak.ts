/** `npm run bench -- soak --minutes N`: the real process, as the image runs it, under 300 records a second for long: does it grow, and does it keep up. Linux. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { loadProfile } from '../src/settings/profiles.ts'
import type { Profile } from '../streams/profile.ts'
import { enterpriseIdOf, generator, tableRecords } from './market.ts'
import { forewarn } from './measured.ts'
import { type BenchOptions, printResult, progress } from './options.ts'

const recordsPerSecond = 300
const enterprises = 20_000
const sampleEveryMs = 5_000
const linesAtOnce = 5_000
const minutesDefault = 60
/** Before that the process still grows into its state and its code is being compiled. */
const warmShare = 1 / 3

export type Soaked = {
  minutes: number
  records: number
  /** Of the least squares line through the samples after the first third. */
  rssSlopeMiBPerHour: number
  /** File handles at the end less those after the first third. */
  handlesGrown: number
  lagMaxSeconds: number
  rssEndMiB: number
}

type Sample = { hours: number; rssMiB: number; handles: number; lagSeconds: number }

export async function benchSoak(options: BenchOptions): Promise<void> {
  printResult(await soak(options.minutes ?? minutesDefault, progress), options)
}

/** @throws Error when the process ends, or refuses records. */
export async function soak(minutes: number, say: (line: string) => void): Promise<Soaked> {
  const folder = await mkdtemp(path.join(tmpdir(), 'forewarn-soak-'))
  const process = forewarn(['run', '--log', `embedded:${path.join(folder, 'log')}`, '--http', '127.0.0.1:0'])
  try {
    const [, address] = await process.says(/"address":"([^"]+)"/)
    const profile = await loadProfile('cn')
    await register(address, profile)
    const samples: Sample[] = []
    const records = await feed(address, profile, minutes, async (hours) => {
      const sample = await look(process.pid, address, hours)
      samples.push(sample)
      if (samples.length % 12 === 0) say(JSON.stringify(sample))
    })
    process.stop()
    await process.ended
    return { minutes, records, ...figures(samples) }
  } finally {
    await process.kill()
    await rm(folder, { recursive: true, force: true })
  }
}

async function post(address: string, topic: string, lines: readonly string[]): Promise<void> {
  const headers = { 'content-type': 'application/x-ndjson' }
  const body = lines.join('\n')
  const answer = await fetch(`${address}/api/v1/records/${topic}`, { method: 'POST', headers, body })
  if (!answer.ok) throw new Error(`${topic}: ${answer.status} ${(await answer.text()).slice(0, 500)}`)
  await answer.body?.cancel()
}

async function register(address: string, profile: Profile): Promise<void> {
  const tables = tableRecords(profile, enterprises)
  for (const [topic, records] of [
    ['enterprises', tables.enterprises],
    ['credit-grades', tables.grades],
  ] as const)
    for (let at = 0; at < records.length; at += linesAtOnce)
      await post(
        address,
        topic,
        records.slice(at, at + linesAtOnce).map(({ value }) => Buffer.from(value).toString()),
      )
}

/** So many records each second by the clock; one that is late is made up for. Gives their number. */
async function feed(
  address: string,
  profile: Profile,
  minutes: number,
  sample: (hours: number) => Promise<void>,
): Promise<number> {
  const next = generator(3)
  const types = profile.types.filter(({ severity }) => severity <= 3).map(({ code }) => code)
  const sources = profile.sources.slice(1)
  const startedMs = performance.now()
  let [sent, sampledMs] = [0, Number.NEGATIVE_INFINITY]
  for (;;) {
    const elapsedMs = performance.now() - startedMs
    if (elapsedMs - sampledMs >= sampleEveryMs) {
      await sample(elapsedMs / 3_600_000)
      sampledMs = elapsedMs
    }
    if (elapsedMs >= minutes * 60_000) return sent
    const due = Math.floor((elapsedMs / 1_000) * recordsPerSecond) - sent
    const occurredAt = (): string => new Date(Date.now() - next(36_000_000)).toISOString()
    const event = (): string =>
      JSON.stringify({
        ...{ id: `soak-${sent++}`, enterpriseId: enterpriseIdOf(next(enterprises)) },
        ...{ type: types[next(types.length)], occurredAt: occurredAt(), source: sources[next(sources.length)] },
      })
    if (due > 0) await post(address, 'risk-events', Array.from({ length: Math.min(due, linesAtOnce) }, event))
    await sleep(Math.max(0, 1_000 - (performance.now() - startedMs - elapsedMs)))
  }
}

async function look(pid: number, address: string, hours: number): Promise<Sample> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  const rssKiB = Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1])
  const handles = (await readdir(`/proc/${pid}/fd`)).length
  const page = await (await fetch(`${address}/metrics`)).text()
  const lagSeconds = Number(/^forewarn_lag_seconds (\S+)$/m.exec(page)?.[1])
  return { hours, rssMiB: rssKiB / 1_024, handles, lagSeconds }
}

function figures(samples: readonly Sample[]): Omit<Soaked, 'minutes' | 'records'> {
  const warm = samples.slice(Math.floor(samples.length * warmShare))
  const mean = (of: (one: Sample) => number): number => warm.reduce((sum, one) => sum + of(one), 0) / warm.length
  const [hours, rss] = [mean((one) => one.hours), mean(({ rssMiB }) => rssMiB)]
  const spread = warm.reduce((sum, one) => sum + (one.hours - hours) ** 2, 0)
  const slope = warm.reduce((sum, one) => sum + (one.hours - hours) * (one.rssMiB - rss), 0) / spread
  const last = warm[warm.length - 1]
  return {
    rssSlopeMiBPerHour: Math.round(slope),
    handlesGrown: last.handles - warm[0].handles,
    lagMaxSeconds: Math.max(...warm.map(({ lagSeconds }) => lagSeconds)),
    rssEndMiB: Math.round(last.rssMiB),
  }
}
