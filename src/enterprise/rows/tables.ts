/** Enterprises and grades: where a row stands, and how it is graded, by tick and by hour. */
import { gradeCode, gradeHour, gradeWords, hourOf, msOfHour, packGrade } from '../../../models/facts.ts'
import type { Fate } from '../../../streams/outputs.ts'
import type { Profile } from '../../../streams/profile.ts'
import type { Renumbering } from '../../../streams/profileChange.ts'
import { gradesPerRowMax, placesPerRowMax } from '../../limits.ts'
import type { DecodedEnterprise, DecodedGrade } from '../decode/decode.ts'
import { type EnterpriseRows, flag } from './rows.ts'
import { movedPlace } from './touchedRows.ts'

export type PlaceFrom = { fromTick: number; place: number }

/** The first place of a row holds for all ticks before the second. */
const sinceEver = -(2 ** 31)

export class TableFold {
  /** Of rows that moved: their last places, by the tick from which each holds. */
  readonly places = new Map<number, PlaceFrom[]>()
  /** Rows whose next grade begins in a tick to come. */
  readonly beginning = new Map<number, Set<number>>()
  readonly #profile: Profile
  readonly #rows: EnterpriseRows

  constructor(profile: Profile, rows: EnterpriseRows) {
    this.#profile = profile
    this.#rows = rows
  }

  /** Earlier places lie at the nodes that their codes have under another profile. */
  adopt(codes: Renumbering): void {
    for (const [row, history] of this.places)
      this.places.set(
        row,
        history.map(({ fromTick, place }) => ({ fromTick, place: movedPlace(place, codes) })),
      )
  }

  enterprise(row: number, { place, closed }: DecodedEnterprise, tick: number): Fate {
    const rows = this.#rows
    const known = rows.has(row, flag.registered)
    if (known && rows.place(row) === place && rows.has(row, flag.closed) === closed) return 'duplicate'
    if (rows.place(row) !== place) this.#move(row, place, tick)
    rows.setFlag(row, flag.registered, true)
    rows.setFlag(row, flag.closed, closed)
    return 'applied'
  }

  /** In force by (effective hour, then known): a later word about the same hour wins. */
  grade(row: number, { grade, effectiveHour }: DecodedGrade, tick: number): Fate {
    const slice = this.#rows.grades(row)
    const list = Array.from(slice.words.subarray(slice.offset, slice.offset + slice.count * gradeWords))
    let at = list.length
    while (at > 0 && gradeHour(list[at - gradeWords]) > effectiveHour) at -= gradeWords
    if (at > 0 && gradeHour(list[at - gradeWords]) === effectiveHour && gradeCode(list[at - gradeWords]) === grade)
      return 'duplicate'
    if (at === 0 && slice.count === gradesPerRowMax) return 'absorbed' // older than all that are kept
    list.splice(at, 0, packGrade(effectiveHour, grade), tick)
    this.#rows.setGrades(row, list.slice(-gradesPerRowMax * gradeWords))
    this.schedule(row, effectiveHour, tick)
    return 'applied'
  }

  /** Takes the rows whose grade begins at or before the end of a tick. */
  beginningBy(tick: number): number[] {
    const found = new Set<number>()
    for (const [from, rows] of [...this.beginning].sort((a, b) => a[0] - b[0])) {
      if (from > tick) continue
      for (const row of rows) if (this.#begins(row, from)) found.add(row)
      this.beginning.delete(from)
    }
    return [...found]
  }

  beginsBy(tick: number): boolean {
    for (const from of this.beginning.keys()) if (from <= tick) return true
    return false
  }

  /** Whether one of the grades still kept begins in a tick. */
  #begins(row: number, tick: number): boolean {
    const { words, offset, count } = this.#rows.grades(row)
    for (let at = 0; at < count; at++)
      if (this.#firstTickOf(gradeHour(words[offset + at * gradeWords])) === tick) return true
    return false
  }

  #firstTickOf(effectiveHour: number): number {
    return this.#profile.calendar.tickOf(msOfHour(effectiveHour) - 1)
  }

  /** Notes a grade that begins after the tick ends. */
  schedule(row: number, effectiveHour: number, tick: number): void {
    const { calendar } = this.#profile
    if (effectiveHour <= hourOf(calendar.endMs(tick))) return
    const from = this.#firstTickOf(effectiveHour)
    const rows = this.beginning.get(from)
    if (rows) rows.add(row)
    else this.beginning.set(from, new Set([row]))
  }

  /** A row without facts has nothing counted at its old place, and needs no history. */
  #move(row: number, place: number, tick: number): void {
    const { places } = this
    const rows = this.#rows
    if (rows.facts(row).count > 0 || rows.has(row, flag.moved)) {
      const history = (places.get(row) ?? [{ fromTick: sinceEver, place: rows.place(row) }]).filter(
        (one) => one.fromTick < tick,
      )
      places.set(row, [...history, { fromTick: tick, place }].slice(-placesPerRowMax))
      rows.setFlag(row, flag.moved, true)
    }
    rows.setPlace(row, place)
  }
}
