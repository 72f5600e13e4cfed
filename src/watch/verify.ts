/**
 * Verify: a warning is judged again from the tick archive - the last full state before it, and the counts of the ticks since -
 * by the same code that raised it.
 */
import type { ArchiveRecord, StateRecord, StockRecord, TickRecord } from '../../streams/ticks.ts'
import type { Warning } from '../../streams/warnings.ts'
import { byTick, JudgedAgain, type JudgeSetting } from './judgedAgain.ts'

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

export function verifyWarning(published: Warning, archive: Archive, setting: JudgeSetting): Verification {
  return verifyWarnings([published], archive, setting)[0]
}

/** Changes of warnings whose ticks the archive holds, judged again in one go: no other statistics than theirs. */
export function verifyWarnings(published: readonly Warning[], archive: Archive, setting: JudgeSetting): Verification[] {
  const ticks = byTick(archive.ticks)
  const from = archive.state.at(0)?.tick ?? ticks.at(0)?.[0].tick ?? published[0]?.tick ?? 0
  const again = new JudgedAgain(setting, from, new Set(published.map(({ statistic }) => statistic)))
  again.load(archive.state, archive.stock)
  const said = ticks.flatMap((pages) => again.tick(pages))
  return published.map((one) => {
    const { id, tick, change, early, beat } = one
    const isIt = (other: Warning): boolean =>
      other.id === id && other.tick === tick && other.change === change && other.early === early && other.beat === beat // within a tick it may rise more than once
    const derived = said.findLast(isIt)
    const differences =
      derived === undefined ? ['the archive does not lead to this warning'] : differencesOf(one, derived)
    const ticksJudged = ticks.filter(([page]) => page.tick <= tick).length
    return { agrees: differences.length === 0, published: one, derived, differences, ticksJudged }
  })
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
