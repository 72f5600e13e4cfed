/** The rows by id, and which of them the beat at hand has touched. */
import { moveFact } from '../../../models/facts.ts'
import { placePrefix } from '../../../streams/contracts.ts'
import { hash64 } from '../../../streams/hash.ts'
import type { Profile } from '../../../streams/profile.ts'
import { isSameNumbering, type Renumbering } from '../../../streams/profileChange.ts'
import { unknownIndex } from '../../../streams/tree.ts'
import type { HashSeed } from '../../hashSeed.ts'
import { rescoreSlices } from '../../limits.ts'
import { unknownPlace } from '../cellContributions.ts'
import { packPlace } from '../decode/decode.ts'
import { EnterpriseIds } from './ids.ts'
import { EnterpriseRows, flag, rowsAhead } from './rows.ts'

/** A place under another profile. */
export function movedPlace(place: number, { regions, industries }: Renumbering): number {
  return packPlace(regions[place >>> 16], industries[place & 0xffff])
}

export class TouchedRows {
  readonly ids: EnterpriseIds
  readonly seed: HashSeed
  readonly rows: EnterpriseRows
  /** Rows touched in this beat, in the order in which they were. */
  readonly touched: number[] = []
  profile: Profile
  #found = new Int32Array(256)
  #tags = new Int32Array(256)

  constructor(profile: Profile, factStride: number, seed: HashSeed) {
    this.profile = profile
    this.seed = seed
    this.ids = new EnterpriseIds(seed)
    this.rows = new EnterpriseRows(factStride, seed)
  }

  /** Under another profile: places and facts move to the nodes that their codes have there, in slices. */
  *adopt({ regions, industries }: Renumbering): Iterable<void> {
    if (isSameNumbering({ regions, industries })) return
    const { rows } = this
    yield* rows.each(
      () => true,
      (row) => {
        rows.setPlace(row, movedPlace(rows.place(row), { regions, industries }))
        const { words, offset, count, stride } = rows.facts(row)
        for (let at = 0; at < count; at++) moveFact(words, offset + at * stride, regions, industries)
      },
    )
  }

  /** The row of an id; a new one at UNKNOWN if it has none. */
  rowOf(id: string): number {
    const row = this.ids.findOrAdd(id)
    if (row === this.rows.count) this.#addRow(id)
    return row
  }

  /** Rows of many ids; the same array at every call. */
  rowsOf(ids: readonly string[]): Int32Array {
    if (ids.length > this.#found.length) {
      this.#found = new Int32Array(ids.length * 2)
      this.#tags = new Int32Array(ids.length * 2)
    }
    this.ids.findOrAddAll(ids, this.#found, this.#tags)
    for (let at = 0; at < ids.length; at++) if (this.#found[at] === this.rows.count) this.#addRow(ids[at])
    return this.#found
  }

  /** Position of a row in the list of touched ones; `before` is called when it was not there yet. */
  touch(row: number, before: (row: number, slot: number) => void): number {
    const { rows, touched } = this
    const known = rows.slot(row)
    if (known !== undefined) return known
    const slot = touched.length
    before(row, slot)
    touched.push(row)
    rows.setSlot(row, slot)
    return slot
  }

  /** A record changed the row: it is scored in this beat, and again at the tick's close. A duplicate changes nothing. */
  change(row: number): void {
    this.rows.setFlag(row, flag.changed | flag.touched, true)
  }

  /** Ends the beat for all touched rows, in slices. */
  *release(after: (row: number, slot: number, isChanged: boolean) => void): Iterable<void> {
    for (let slot = 0; slot < this.touched.length; slot++) {
      if (slot % rowsAhead === 0) this.rows.warm(this.touched, slot, Math.min(slot + rowsAhead, this.touched.length))
      const row = this.touched[slot]
      after(row, slot, this.rows.has(row, flag.changed))
      this.rows.setFlag(row, flag.changed, false)
      this.rows.setSlot(row, undefined)
      if (slot % rowsAhead === rowsAhead - 1) yield
    }
    this.touched.length = 0
  }

  #addRow(id: string): void {
    const isPlace = id.startsWith(placePrefix)
    const place = isPlace
      ? packPlace(this.profile.regions.read(id.slice(placePrefix.length)), unknownIndex)
      : unknownPlace
    const { high, low } = hash64(id)
    // 2^32 mod 30 = 16: the remainder of the whole 64-bit hash.
    this.rows.add(
      place,
      isPlace ? flag.place : 0,
      ((high % rescoreSlices) * 16 + (low % rescoreSlices)) % rescoreSlices,
    )
  }
}
