/** A simulated market through the enterprise task: by day and province the sums by grade that parts carry, and the adverse outcomes. */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import type { RiskModel } from '../../models/risk/riskModel.ts'
import { cellKeys } from '../../src/cells.ts'
import { EnterpriseTask } from '../../src/enterprise/task.ts'
import { foldVersion } from '../../src/fold/version.ts'
import { hourMs } from '../../src/limits.ts'
import type { LogRecord } from '../../src/log/port.ts'
import { simulate } from '../../src/simulate/simulate.ts'
import type { TroubleKind } from '../../src/simulate/truth.ts'
import type { CellPart } from '../../streams/outputs.ts'
import type { Profile } from '../../streams/profile.ts'
import { partsAmong } from '../../test/support/parts.ts'

export const market = { enterprises: 10_000, days: 120, onset: 70, start: Date.parse('2026-01-01T00:00:00.000+08:00') }

/** `undefined`: a market in which nothing happens. */
export type MarketRun = { kind: TroubleKind | undefined; seed: number }

const Day = z.object({
  /** By province: sums by grade, and outcomes that became known in the day. */
  enterprises: z.array(z.array(z.number())),
  logOdds: z.array(z.array(z.number())),
  probability: z.array(z.array(z.number())),
  outcomes: z.array(z.number()),
})
export type Day = z.infer<typeof Day>
const Simulated = z.object({ provinces: z.array(z.string()), affected: z.array(z.string()), days: z.array(Day) })
export type Simulated = z.infer<typeof Simulated>

/** Folded once: days are kept in a temporary folder, by all that they depend on. */
export function simulated(run: MarketRun, profile: Profile, model: RiskModel): Simulated {
  const folder = join(tmpdir(), 'forewarn-link')
  const name = JSON.stringify({ run, market, profile: profile.hash, model: model.hash, foldVersion })
  const path = join(folder, `${createHash('sha256').update(name).digest('hex').slice(0, 24)}.json`)
  if (existsSync(path)) return Simulated.parse(JSON.parse(readFileSync(path, 'utf8')))
  const made = folded(run, profile, model)
  mkdirSync(folder, { recursive: true })
  writeFileSync(path, JSON.stringify(made))
  return made
}

function folded({ kind, seed }: MarketRun, profile: Profile, model: RiskModel): Simulated {
  const { regions, calendar } = profile
  const keys = cellKeys(profile)
  const provinces = regions.nodes.filter(({ depth, code }) => depth === 1 && !code.includes('UNKNOWN'))
  const provinceOf = regions.nodes.map(({ index }) =>
    provinces.findIndex((province) => regions.pathOf(index).includes(province.index)),
  )
  const empty = (): number[][] => provinces.map(() => profile.grades.map(() => 0))
  const standing = { enterprises: empty(), logOdds: empty(), probability: empty() }
  const first = calendar.tickOf(market.start)
  const days: Day[] = []
  let outcomes = provinces.map(() => 0)

  const take = (part: CellPart): void => {
    for (const [at, key] of part.risk?.keys.entries() ?? []) {
      const province = provinceOf[keys.region(keys.cellOf(key))]
      if (province < 0 || part.risk === undefined) continue
      for (const name of ['enterprises', 'logOdds', 'probability'] as const)
        standing[name][province][keys.gradeOf(key)] += part.risk[name][at]
    }
    for (const [at, key] of part.counts.keys.entries()) {
      const province = provinceOf[keys.region(keys.cellOf(keys.gradedOf(key)))]
      if (province >= 0 && profile.types[keys.column(key)]?.outcome === true)
        outcomes[province] += part.counts.deltas[at]
    }
  }
  const close = (): void => {
    days.push(structuredClone({ ...standing, outcomes }))
    outcomes = provinces.map(() => 0)
  }

  const task = new EnterpriseTask({
    ...{ profile, model, beatMs: hourMs, partition: 0, partitions: 1, hashSeed: [0, 0] },
    listener: () => {},
  })
  const troubles = kind === undefined ? [] : [{ kind, fromDay: market.onset, toDay: market.days }]
  const { truth, records } = simulate(profile, { ...market, seed, outbreaks: false, silences: false, troubles })
  for (const { beat, of } of beatsOf(records())) {
    task.fold(beat, of, (output) => partsAmong([output]).forEach(take))
    const endMs = (beat + 1) * hourMs
    if (endMs === calendar.endMs(calendar.tickOf(endMs - 1)) && calendar.tickOf(endMs - 1) >= first) close()
  }
  return {
    provinces: provinces.map(({ code }) => code),
    affected: truth.troubles.map(({ region }) => region),
    days: days.slice(0, market.days),
  }
}

type Inputs = Record<'enterprises' | 'grades' | 'events', LogRecord[]>
const inputOf = { enterprises: 'enterprises', 'credit-grades': 'grades', 'risk-events': 'events' } as const

/** Every hour of the market, with its records. */
function* beatsOf(
  records: ReturnType<ReturnType<typeof simulate>['records']>,
): Generator<{ beat: number; of: Inputs }> {
  let beat: number | undefined
  let of: Inputs = { enterprises: [], grades: [], events: [] }
  for (const { topic, key, text, knownAtMs } of records) {
    const at = Math.floor(knownAtMs / hourMs)
    for (beat ??= at; beat < at; beat++) {
      yield { beat, of }
      of = { enterprises: [], grades: [], events: [] }
    }
    of[inputOf[topic]].push({ offset: 0, timeMs: knownAtMs, key, value: Buffer.from(text), headers: null })
  }
  if (beat !== undefined) yield { beat, of }
}
