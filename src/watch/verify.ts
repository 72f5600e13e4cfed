/**
 * Verify: a warning is judged again from the tick archive - the last full state before it, and the counts of the ticks since -
 * by the same code that raised it.
 */
import type { Profile } from '../../streams/profile.ts'
import type { ArchiveRecord, StateRecord, StockRecord, TickRecord } from '../../streams/ticks.ts'
import type { Warning } from '../../streams/warnings.ts'
import { type CellKeys, cellKeys } from '../cells.ts'
import { loadState } from './archive.ts'
import { type Lattice, lattice } from './lattice.ts'
import { movesBetween } from './moves.ts'
import { Population } from './population.ts'
import { TickAggregates } from './tickAggregates.ts'
import { TickRisk } from './tickRisk.ts'
import { WarningEngine } from './warningEngine.ts'

/** Full state and stock after the tick `state[0].tick`, and every page of every tick after it up to the warning's, in order. */
export type Archive = { state: readonly StateRecord[]; stock: readonly StockRecord[]; ticks: readonly TickRecord[] }

/** Gathers what a tick is judged again from, out of archive records in log order. */
export class ArchiveBefore implements Archive {
  state: StateRecord[] = []
  stock: StockRecord[] = []
  ticks: TickRecord[] = []
  readonly #tick: number

  constructor(tick: number) {
    this.#tick = tick
  }

  take(record: ArchiveRecord): void {
    if (record.tick > this.#tick) return
    if (record.kind === 'tick') this.ticks.push(record)
    if (record.tick === this.#tick) return
    if (record.kind === 'stock') this.stock = record.page === 0 ? [record] : [...this.stock, record]
    if (record.kind !== 'state') return
    this.state = record.page === 0 ? [record] : [...this.state, record]
    this.ticks = []
  }
}

export type Verification = {
  agrees: boolean
  published: Warning
  derived: Warning | undefined
  differences: string[]
  ticksJudged: number
}

/** With what a warning is judged again. `profileOf`: the profile in force in a tick. */
export type VerifySetting = {
  profileOf: (tick: number) => Profile
  model: string | null
  foldVersion: number
  beatMs: number
}

export function verifyWarning(published: Warning, archive: Archive, setting: VerifySetting): Verification {
  const ticks = byTick(archive.ticks)
  const from = archive.state.at(0)?.tick ?? ticks.at(0)?.[0].tick ?? published.tick
  let bench = benchUnder(setting.profileOf(from), setting)
  if (archive.state.length > 0) loadState(bench.engine, archive.state)
  for (const { stock } of archive.stock) bench.population.refill({ keys: stock.keys, deltas: stock.sums })
  let derived: Warning | undefined
  for (const pages of ticks) {
    const { tick } = pages[0]
    const warnings: Warning[] = []
    if (setting.profileOf(tick) !== bench.profile) {
      const next = benchUnder(setting.profileOf(tick), setting)
      warnings.push(
        ...next.engine.goOnFrom(bench.engine, movesBetween(bench, next), firstBeat(tick, next, setting), tick),
      )
      bench = next
    }
    warnings.push(...judgeAgain(bench, pages))
    for (const warning of warnings) {
      if (
        warning.id === published.id &&
        warning.tick === published.tick &&
        warning.change === published.change &&
        warning.early === published.early &&
        warning.beat === published.beat // within a tick it may rise more than once
      )
        derived = warning
    }
  }
  const differences =
    derived === undefined ? ['the archive does not lead to this warning'] : differencesOf(published, derived)
  return { agrees: differences.length === 0, published, derived, differences, ticksJudged: ticks.length }
}

type Bench = {
  profile: Profile
  keys: CellKeys
  lattice: Lattice
  engine: WarningEngine
  population: Population
}

function benchUnder(profile: Profile, setting: VerifySetting): Bench {
  const keys = cellKeys(profile)
  const lines = lattice(profile, keys)
  const engine = new WarningEngine({ ...setting, profile, keys }, lines)
  const { ancestors } = new TickAggregates(profile, keys, lines)
  return { profile, keys, lattice: lines, engine, population: new Population(keys, ancestors) }
}

const firstBeat = (tick: number, { profile }: Bench, { beatMs }: VerifySetting): number =>
  profile.calendar.startMs(tick) / beatMs

/** What happened in one tick, in the order in which it happened: amendments and early reds by beat, then the close. */
function judgeAgain({ profile, keys, lattice, engine, population }: Bench, pages: readonly TickRecord[]): Warning[] {
  const { tick, beat, late, early } = pages[0]
  const aggregates = new TickAggregates(profile, keys, lattice)
  const risk = new TickRisk()
  for (const page of pages) {
    aggregates.refill(page)
    risk.refill(page)
    if (page.stock !== undefined) population.refill({ keys: page.stock.keys, deltas: page.stock.sums })
  }
  aggregates.turns = { begun: pages[0].begun ?? [], ended: pages[0].ended ?? [] }
  const warnings: Warning[] = []
  const beats = new Set([...late, ...early].map((one) => one.beat))
  for (const at of [...beats].sort((a, b) => a - b)) {
    warnings.push(
      ...engine.amend(
        late.filter((one) => one.beat === at),
        at,
        tick,
      ),
    )
    for (const one of early) if (one.beat === at) warnings.push(...engine.raiseEarly(one, tick))
  }
  return [...warnings, ...engine.close(tick, beat, { aggregates, population, risk })]
}

/** Pages of the archive, those of one tick together. */
export function byTick(records: readonly TickRecord[]): TickRecord[][] {
  const found: TickRecord[][] = []
  for (const record of records) {
    const last = found.at(-1)
    if (last !== undefined && last[0].tick === record.tick) last.push(record)
    else found.push([record])
  }
  return found
}

function differencesOf(published: Warning, derived: Warning): string[] {
  const [said, found] = [fieldsOf(published), fieldsOf(derived)]
  const fields = [...new Set([...said.keys(), ...found.keys()])]
  const inJson = (value: unknown): string => JSON.stringify(value) ?? 'nothing'
  return fields
    .filter((name) => inJson(said.get(name)) !== inJson(found.get(name)))
    .map((name) => `${name}: published ${inJson(said.get(name))}, derived ${inJson(found.get(name))}`)
}

/** Those of the evidence by names of their own. */
function fieldsOf({ evidence, ...rest }: Warning): Map<string, unknown> {
  const ofEvidence = Object.entries(evidence).map(([name, value]): [string, unknown] => [`evidence.${name}`, value])
  return new Map<string, unknown>([...Object.entries(rest), ...ofEvidence])
}
