/** Ticks of the archive judged again, one after the other, by the code that judged them. */
import type { Profile } from '../../streams/profile.ts'
import type { StateRecord, StockRecord, TickRecord } from '../../streams/ticks.ts'
import type { StatisticName, Warning } from '../../streams/warnings.ts'
import { type CellKeys, cellKeys } from '../cells.ts'
import { loadState } from './archive.ts'
import { type Lattice, lattice } from './lattice.ts'
import { movesBetween } from './moves.ts'
import { Population } from './population.ts'
import { TickAggregates } from './tickAggregates.ts'
import { TickRisk } from './tickRisk.ts'
import { WarningEngine } from './warningEngine.ts'

/** With what is judged again. `profileOf`: the profile in force in a tick, the same object as long as it is. */
export type JudgeSetting = {
  profileOf: (tick: number) => Profile
  model: string | null
  foldVersion: number
  beatMs: number
}

type Asked = ReadonlySet<StatisticName> | undefined

type Bench = {
  profile: Profile
  keys: CellKeys
  lattice: Lattice
  engine: WarningEngine
  population: Population
}

export class JudgedAgain {
  readonly #setting: JudgeSetting
  readonly #asked: Asked
  #bench: Bench

  /** Nothing is known before the tick `from`, unless a full state is loaded. `asked`: the statistics that are judged; all unless given. */
  constructor(setting: JudgeSetting, from: number, asked?: Asked) {
    this.#setting = setting
    this.#asked = asked
    this.#bench = benchUnder(setting.profileOf(from), setting, asked)
  }

  load(state: readonly StateRecord[], stock: readonly StockRecord[]): void {
    const { engine, population } = this.#bench
    if (state.length > 0) loadState(engine, state)
    for (const one of stock) population.refill({ keys: one.stock.keys, deltas: one.stock.sums })
  }

  /** All pages of the next tick: what is said of it, in the order in which it happened. */
  tick(pages: readonly TickRecord[]): Warning[] {
    const { tick, beat } = pages[0]
    const cleared = this.#under(this.#setting.profileOf(tick), tick)
    const { profile, keys, lattice: lines, engine, population } = this.#bench
    const aggregates = new TickAggregates(profile, keys, lines)
    const risk = new TickRisk(keys)
    for (const page of pages) {
      aggregates.refill(page)
      risk.refill(page)
      if (page.stock !== undefined) population.refill({ keys: page.stock.keys, deltas: page.stock.sums })
    }
    aggregates.turns = { begun: pages[0].begun ?? [], ended: pages[0].ended ?? [] }
    aggregates.silent = pages[0].silent ?? []
    return [...cleared, ...duringTick(engine, pages[0]), ...engine.close(tick, beat, { aggregates, population, risk })]
  }

  /** Goes on under another profile; what is judged no more is cleared. */
  #under(profile: Profile, tick: number): Warning[] {
    const before = this.#bench
    if (profile === before.profile) return []
    this.#bench = benchUnder(profile, this.#setting, this.#asked)
    const beat = profile.calendar.startMs(tick) / this.#setting.beatMs
    return this.#bench.engine.goOnFrom(before.engine, movesBetween(before, this.#bench), beat, tick)
  }
}

function benchUnder(profile: Profile, setting: JudgeSetting, asked: Asked): Bench {
  const keys = cellKeys(profile)
  const lines = lattice(profile, keys)
  const engine = new WarningEngine({ ...setting, profile, keys }, lines, asked)
  const { ancestors } = new TickAggregates(profile, keys, lines)
  return { profile, keys, lattice: lines, engine, population: new Population(keys, ancestors) }
}

/** Amendments and early calls, by beat. */
function duringTick(engine: WarningEngine, { tick, late, early }: TickRecord): Warning[] {
  const beats = new Set([...late, ...early].map((one) => one.beat))
  return [...beats]
    .sort((a, b) => a - b)
    .flatMap((at) => {
      const amended = engine.amend(
        late.filter((one) => one.beat === at),
        at,
        tick,
      )
      return [...amended, ...early.filter((one) => one.beat === at).flatMap((one) => engine.raiseEarly(one, tick))]
    })
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
