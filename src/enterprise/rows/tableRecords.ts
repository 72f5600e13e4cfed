/** Enterprises and grades of a beat, in log order: each is placed, or goes to the dead letters. */
import type { Fate } from '../../../streams/outputs.ts'
import type { Emit } from '../../fold/task.ts'
import type { LogRecord } from '../../log/port.ts'
import { type FateSheet, isRefusal, type Refusal } from '../../records.ts'
import { endsSlice, isPart, slicesOf } from '../../slices.ts'
import type { CellContributions } from '../cellContributions.ts'
import type { Decoder } from '../decode/decode.ts'
import type { FlagTally } from '../decode/flagTally.ts'
import type { TableFold } from './tables.ts'
import type { TouchedRows } from './touchedRows.ts'

/** One of the two inputs: how its records are decoded, and what they change. */
type Table<T> = {
  topic: TableTopic
  records: readonly LogRecord[]
  decode: (record: LogRecord) => T | Refusal
  place: (row: number, decoded: T) => Fate
}
export type TableTopic = 'enterprises' | 'credit-grades'
type Records = { enterprises: readonly LogRecord[]; grades: readonly LogRecord[] }
type At = { beat: number; tick: number }
export type Refused = { record: LogRecord; topic: TableTopic; fateAt: number } & Refusal

type Setting = {
  touchedRows: TouchedRows
  tables: TableFold
  fates: FateSheet
  flags: FlagTally
  /** Gives a record its fate, dead, and writes its letter. */
  refuse: (refused: Refused, emit: Emit) => void
}

export class TableRecords {
  readonly #setting: Setting
  /** Rows that records have changed in this beat, and that are taken out of the sums meanwhile. */
  readonly #unsettled = new Set<number>()

  constructor(setting: Setting) {
    this.#setting = setting
  }

  /** `contributions`: the sums of the profile in force. */
  *fold(
    { enterprises, grades }: Records,
    { decode, contributions }: { decode: Decoder; contributions: CellContributions },
    at: At,
    emit: Emit,
  ): Iterable<void> {
    if (enterprises.length + grades.length === 0) return
    const { tables } = this.#setting
    const ofEnterprises = { topic: 'enterprises', records: enterprises, decode: decode.enterprise } as const
    const ofGrades = { topic: 'credit-grades', records: grades, decode: decode.grade } as const
    yield* this.#foldTable(
      { ...ofEnterprises, place: (row, it) => tables.enterprise(row, it, at.tick) },
      contributions,
      at,
      emit,
    )
    yield* this.#foldTable({ ...ofGrades, place: (row, it) => tables.grade(row, it, at.tick) }, contributions, at, emit)
    yield* this.#settle(contributions, at.tick)
  }

  *#foldTable<T extends { enterpriseId: string; flags: number }>(
    { topic, records, decode, place }: Table<T>,
    contributions: CellContributions,
    { beat, tick }: At,
    emit: Emit,
  ): Iterable<void> {
    if (records.length === 0) return
    const { touchedRows, fates, flags, refuse } = this.#setting
    const first = yield* fates.block(topic, beat, records)
    for (const slice of slicesOf(records)) {
      for (let at = slice.from; at < slice.to; at++) {
        const [record, fateAt] = [records[at], first + at]
        const decoded = decode(record)
        if (isRefusal(decoded)) {
          refuse({ record, topic, fateAt, ...decoded }, emit)
          continue
        }
        flags.count(decoded.flags)
        const row = touchedRows.rowOf(decoded.enterpriseId)
        fates.set(
          fateAt,
          this.#change(row, contributions, tick, () => place(row, decoded)),
        )
      }
      if (isPart(slice, records)) yield
    }
  }

  /** Place or grade changes: what the row says of the open tick is taken out before the first of the beat, and put back after the last. */
  #change(row: number, contributions: CellContributions, tick: number, change: () => Fate): Fate {
    const { touchedRows } = this.#setting
    touchedRows.touch(row, (_, slot) => contributions.begin(row, slot, tick))
    if (!this.#unsettled.has(row)) {
      this.#unsettled.add(row)
      contributions.facts(row, tick, -1)
      contributions.stock(row, tick, -1)
    }
    const fate = change()
    if (fate === 'applied') touchedRows.change(row)
    return fate
  }

  *#settle(contributions: CellContributions, tick: number): Iterable<void> {
    let settled = 0
    for (const row of this.#unsettled) {
      contributions.stock(row, tick, 1)
      contributions.facts(row, tick, 1)
      if (endsSlice(settled++)) yield
    }
    this.#unsettled.clear()
  }
}
