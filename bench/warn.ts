/**
 * The WARN notices (public layoff notices of the USA, 1987-2026) through import and fold under the profile us-warn: how many
 * rows were kept, what was warned of in 2001, 2008 and 2020, and how many warnings a state and year it gave outside those times.
 */
import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { runImport } from '../src/ingest/imports/import.ts'
import { openEmbeddedLog } from '../src/log/embedded/embeddedLog.ts'
import type { Log } from '../src/log/port.ts'
import { recordsOf } from '../src/log/recordsOf.ts'
import { loadProfile } from '../src/settings/profiles.ts'
import { RiskEvent } from '../streams/contracts.ts'
import { AnyWarning } from '../streams/warnings.ts'
import { foldCalmly } from '../test/support/calm.ts'
import { type BenchOptions, printResult } from './options.ts'

const data = path.resolve(import.meta.dirname, '../../shared/data/warn')
const yearMs = 365.25 * 86_400_000
/** Times of known shocks: raises in them are not false. From the first day to the last. */
const shocks = [
  ['2001-03-01', '2001-12-31'],
  ['2007-12-01', '2009-12-31'],
  ['2020-03-01', '2021-06-30'],
].map(([from, to]) => ({ fromMs: Date.parse(`${from}T00:00:00Z`), toMs: Date.parse(`${to}T23:59:59Z`) }))

type Raise = { state: string; industry: string; tick: string; level: string }

export async function benchWarn(options: BenchOptions): Promise<void> {
  if (!existsSync(data)) {
    process.stderr.write(
      `skipped: the notices are not at ${path.relative(process.cwd(), data)}; docs/ingest.md says where they are public\n`,
    )
    return
  }
  printResult(await runWarn(), options)
}

async function runWarn(): Promise<object> {
  const profile = await loadProfile('us-warn')
  const log = await openEmbeddedLog({ path: ':memory:', mode: 'write' })
  const files = readdirSync(data)
    .filter((name) => name.endsWith('.csv.gz'))
    .sort()
  const summary = await runImport({
    log,
    profile,
    field: 'notice_date',
    files: files.map((name) => ({ topic: 'risk-events', file: path.join(data, name) })),
    resume: false,
    onProgress: () => {},
  })
  await foldCalmly({ log, profile, model: null, beatMs: 1_000 })
  const raises = await raisesOf(log)
  const { firstMs, lastMs } = await historyOf(log)
  const calm = raises.filter(
    (raise) =>
      raise.state !== '' &&
      !inShock(Date.parse(raise.tick)) &&
      Date.parse(raise.tick) >= (firstMs.get(raise.state) ?? 0) + yearMs,
  )
  const of = (from: string, to: string): object[] =>
    raises
      .filter(({ tick }) => tick >= from && tick <= to)
      .map(({ state, industry, tick, level }) => ({
        state: state || 'US',
        ...(industry === '' ? {} : { industry }),
        tick,
        level,
      }))
  return {
    rows: Object.values(summary.records).reduce((sum, one) => sum + one, 0),
    refused: Object.values(summary.refused).reduce((sum, one) => sum + one, 0),
    falseRaisesPerStateYear: calm.length / calmStateYears(firstMs, lastMs),
    raises2001: of('2001-01-01', '2001-12-31'),
    raises2008: of('2007-12-01', '2009-12-31'),
    raises2020: of('2020-01-01', '2020-12-31'),
  }
}

async function raisesOf(log: Log): Promise<Raise[]> {
  const found: Raise[] = []
  for (const topic of ['region-warnings', 'industry-warnings', 'cell-warnings'] as const) {
    for await (const { value } of recordsOf(log, topic, 0)) {
      const { change, region, industry, tickLabel, level } = AnyWarning.parse(
        JSON.parse(Buffer.from(value).toString('utf8')),
      )
      if (change === 'raised') found.push({ state: region, industry, tick: tickLabel, level })
    }
  }
  return found.sort((a, b) => (a.tick < b.tick ? -1 : 1))
}

/** First notice of each state, and the last of all. */
async function historyOf(log: Log): Promise<{ firstMs: Map<string, number>; lastMs: number }> {
  const firstMs = new Map<string, number>()
  let lastMs = 0
  for await (const { value, timeMs } of recordsOf(log, 'risk-events', 0)) {
    const event = RiskEvent.safeParse(JSON.parse(Buffer.from(value).toString('utf8')))
    if (event.success && event.data.region !== undefined && !firstMs.has(event.data.region))
      firstMs.set(event.data.region, timeMs)
    lastMs = timeMs
  }
  return { firstMs, lastMs }
}

function inShock(ms: number): boolean {
  return shocks.some(({ fromMs, toMs }) => ms >= fromMs && ms <= toMs)
}

/** Years of states with a year of history, shocks left out. */
function calmStateYears(firstMs: ReadonlyMap<string, number>, lastMs: number): number {
  let years = 0
  for (const first of firstMs.values()) {
    const from = first + yearMs
    if (from >= lastMs) continue
    const shocked = shocks.reduce(
      (sum, { fromMs, toMs }) => sum + Math.max(0, Math.min(toMs, lastMs) - Math.max(fromMs, from)),
      0,
    )
    years += (lastMs - from - shocked) / yearMs
  }
  return years
}
