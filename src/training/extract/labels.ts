/**
 * What a label asks, and what came of it. Events that a label speaks of are noted as they become known in a fold that runs ahead of the
 * rows, and go when they are taken back: a label hangs on what became known within its own window and delay, and on nothing later.
 */
import type { Profile } from '../../../streams/profile.ts'
import type { EnterpriseIds } from '../../enterprise/rows/ids.ts'
import type { KeptEvent, Witness } from '../../enterprise/score/witness.ts'
import { ForewarnError } from '../../errors.ts'
import { typeFlags } from '../../featureProfile.ts'
import { dayMs } from '../../limits.ts'
import { eventIdOf } from './eventId.ts'

/** Instants: events that occurred from `fromMs` on and before `toMs` make the label, as it is known at `knownMs`. */
export type LabelWindow = { fromMs: number; toMs: number; knownMs: number }

export type LabelRule = {
  /** 1 for the types of events that are asked about, and for those that make a label positive. */
  of: Uint8Array
  positive: Uint8Array
  /** Whether every registered enterprise is asked about, or those with an event in the window, whose result the label is. */
  asks: 'enterprises' | 'events'
  /** Rows are so many ticks apart. */
  everyTicks: number
  /** The window of rows that are taken at the end of a tick. */
  window(tick: number): LabelWindow
  /** The last tick whose labels are settled at an instant; rows of later ones are censored. */
  lastTickAt(ms: number): number
}

/** @throws ForewarnError FW_NO_LABEL for a profile without one. */
export function labelRule(profile: Profile): LabelRule {
  const { calendar, types } = profile
  const { label, name } = profile.file
  if (label.kind === 'none') throw new ForewarnError('FW_NO_LABEL', [name])
  const withinMs = label.kind === 'outcome-within' ? label.days * dayMs : calendar.tickMs
  const delayMs = label.delayDays * dayMs
  const window = (tick: number): LabelWindow => {
    const fromMs = calendar.endMs(tick)
    return { fromMs, toMs: fromMs + withinMs, knownMs: fromMs + withinMs + delayMs }
  }
  const lastTickAt = (ms: number): number => calendar.tickOf(ms - withinMs - delayMs) - 1
  if (label.kind === 'outcome-within') {
    const outcome = Uint8Array.from(types, (type) => (type.outcome ? 1 : 0))
    const { gridTicks: everyTicks } = label
    return { of: outcome, positive: outcome, asks: 'enterprises', everyTicks, window, lastTickAt }
  }
  const [of, positive] = [typeFlags(profile, label.of), typeFlags(profile, label.positive)]
  return { of, positive, asks: 'events', everyTicks: 1, window, lastTickAt }
}

export type LabelEvent = { id: string; occurredMs: number }

/** What came of an enterprise. `event`: the one whose result the label is; of several in one tick the first positive one, else the first. */
export type CameOut = { label: 0 | 1; event: LabelEvent | undefined }

type Noted = { row: number; occurredMs: number; label: 0 | 1; id: string }

/** The events of a label that are known and not taken back. Memory: those that occurred from the beginning of the last window on. */
export class Outcomes {
  readonly #rule: LabelRule
  /** By partition, then by row and id hash. */
  readonly #noted: Map<string, Noted>[]
  #fromMs: number

  /** What occurred before `fromMs` is never asked about. */
  constructor(rule: LabelRule, partitions: number, fromMs: number) {
    this.#rule = rule
    this.#fromMs = fromMs
    this.#noted = Array.from({ length: partitions }, () => new Map<string, Noted>())
  }

  /** Notes what the task of a partition keeps. */
  witness(partition: number): Witness {
    const noted = this.#noted[partition]
    return {
      kept: (event) => this.#note(noted, event),
      takenBack: (event) => noted.delete(keyOf(event)),
    }
  }

  /** What came of each enterprise of a partition in a window, by id. Windows come in order of time: what occurred before this one is forgotten. */
  cameIn({ fromMs, toMs }: LabelWindow, partition: number, ids: Pick<EnterpriseIds, 'idOf'>): Map<string, CameOut> {
    this.#fromMs = fromMs
    const noted = this.#noted[partition]
    for (const [key, { occurredMs }] of noted) if (occurredMs < fromMs) noted.delete(key)
    const inside = noted.values().filter(({ occurredMs }) => occurredMs < toMs)
    const byRow = Map.groupBy(inside, ({ row }) => row)
    return new Map([...byRow].map(([row, some]) => [ids.idOf(row), this.#cameOut(some)]))
  }

  /** An id names one event: one that fell to the limit of its row and came again is noted already. */
  #note(noted: Map<string, Noted>, { row, high, low, type, occurredMs, record }: KeptEvent): void {
    const { of, positive, asks } = this.#rule
    if (of[type] === 0 || occurredMs < this.#fromMs) return
    const key = keyOf({ row, high, low })
    if (noted.has(key)) return
    const id = asks === 'events' ? eventIdOf(record) : ''
    noted.set(key, { row, occurredMs, label: positive[type] === 1 ? 1 : 0, id })
  }

  #cameOut(some: readonly Noted[]): CameOut {
    const inOrder = some.toSorted((a, b) => b.label - a.label || a.occurredMs - b.occurredMs || (a.id < b.id ? -1 : 1))
    const { label, id, occurredMs } = inOrder[0]
    return { label, event: this.#rule.asks === 'events' ? { id, occurredMs } : undefined }
  }
}

const keyOf = ({ row, high, low }: Pick<KeptEvent, 'row' | 'high' | 'low'>): string => `${row}:${high}:${low}`
