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
import { isArtefact } from '../src/watch/kinds.ts'
import { RiskEvent } from '../streams/contracts.ts'
import type { Profile } from '../streams/profile.ts'
import { AnyWarning, type WarningKind } from '../streams/warnings.ts'
import { foldCalmly } from '../test/support/calm.ts'
import { type BenchOptions, printResult } from './options.ts'
import { isRaised, isWarnedOf, lastingRise, type Standing, type State, threefoldWeek } from './warn/shocks.ts'

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
  const { raises, standing, artefacts } = await raisesOf(log, profile)
  const { firstMs, lastMs, states } = await historyOf(log, profile)
  const early = raises.filter(({ state, tick }) => isFirstYear(firstMs.get(state), Date.parse(tick)))
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
    falseRaisesFirstYear: early.length / firstMs.size,
    ...shocksOf(states, standing, (day) => profile.calendar.tickOf(Date.parse(day))),
    artefacts,
    raises2001: of('2001-01-01', '2001-12-31'),
    raises2008: of('2007-12-01', '2009-12-31'),
    raises2020: of('2020-01-01', '2020-12-31'),
  }
}

/** What was asked of 2020 and 2008: states, and how many of them were warned in time. */
function shocksOf(states: readonly State[], standing: readonly Standing[], weekOf: (day: string) => number) {
  const [march, june] = [weekOf('2020-03-02'), weekOf('2020-06-29')]
  const known = states.filter(({ first }) => march - first >= 52)
  const threefold = known.flatMap(({ code, ...state }) => {
    const week = threefoldWeek({ code, ...state }, march, june)
    return week === undefined ? [] : [{ code, week }]
  })
  const [from, to] = [weekOf('2007-12-03'), weekOf('2009-12-28')]
  const rises = states.flatMap((state) => {
    const week = lastingRise(state, from, to)
    return week === undefined ? [] : [{ code: state.code, week }]
  })
  const within2 = (code: string, week: number): boolean => isRaised(standing, code, week, week + 2)
  const shut = weekOf('2020-03-16')
  return {
    covidThreeX: {
      states: threefold.length,
      within2Weeks: threefold.filter(({ code, week }) => within2(code, week)).length,
    },
    covidAll: { states: known.length, within2Weeks: known.filter(({ code }) => within2(code, shut)).length },
    rise2008: {
      states: rises.length,
      within8Weeks: rises.filter(({ code, week }) => isWarnedOf(standing, code, week)).length,
    },
  }
}

/** Each kind of artefact that warnings name, where and when it was named first. */
type Artefact = { kind: WarningKind; state: string; tick: string }

/** Raises of all axes, from when to when each warning of a state stood, and artefacts. */
async function raisesOf(
  log: Log,
  { calendar }: Profile,
): Promise<{ raises: Raise[]; standing: Standing[]; artefacts: Artefact[] }> {
  const named = new Map<WarningKind, Artefact>()
  const raises: Raise[] = []
  const open = new Map<string, Standing>()
  const standing: Standing[] = []
  for (const topic of ['region-warnings', 'industry-warnings', 'cell-warnings'] as const) {
    for await (const { value } of recordsOf(log, topic, 0)) {
      const warning = AnyWarning.parse(JSON.parse(Buffer.from(value).toString('utf8')))
      const { id, change, region, industry, tickLabel, level } = warning
      const kind = warning.statistic === 'count' ? warning.evidence.kind : undefined
      if (kind !== undefined && isArtefact(kind) && tickLabel < (named.get(kind)?.tick ?? '9'))
        named.set(kind, { kind, state: region || 'US', tick: tickLabel })
      const week = calendar.tickOf(Date.parse(tickLabel))
      if (change === 'raised') {
        raises.push({ state: region, industry, tick: tickLabel, level })
        const one = { state: region, raised: week, cleared: Number.POSITIVE_INFINITY }
        open.set(id, one)
        standing.push(one)
      }
      const before = open.get(id)
      if (change === 'cleared' && before !== undefined) before.cleared = week
    }
  }
  return { raises: raises.sort((a, b) => (a.tick < b.tick ? -1 : 1)), standing, artefacts: [...named.values()] }
}

type History = { firstMs: Map<string, number>; lastMs: number; states: State[] }

/** First notice of each state, the last of all, and the notices of each state by week. */
async function historyOf(log: Log, { calendar }: Profile): Promise<History> {
  const firstMs = new Map<string, number>()
  const weeks = new Map<string, { code: string; first: number; counts: number[] }>()
  let lastMs = 0
  for await (const { value, timeMs } of recordsOf(log, 'risk-events', 0)) {
    lastMs = timeMs
    const event = RiskEvent.safeParse(JSON.parse(Buffer.from(value).toString('utf8')))
    if (!event.success || event.data.region === undefined) continue
    const { region } = event.data
    if (!firstMs.has(region)) firstMs.set(region, timeMs)
    const week = calendar.tickOf(timeMs)
    const state = weeks.get(region) ?? { code: region, first: week, counts: [] }
    weeks.set(region, state)
    state.counts[week - state.first] = (state.counts[week - state.first] ?? 0) + 1
  }
  const states = [...weeks.values()].map((state) => ({
    ...state,
    counts: Array.from(state.counts, (count: number | undefined) => count ?? 0),
  }))
  return { firstMs, lastMs, states }
}

/** In a state's first year, and in no shock. */
function isFirstYear(firstMs: number | undefined, ms: number): boolean {
  return firstMs !== undefined && !inShock(ms) && ms < firstMs + yearMs
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
