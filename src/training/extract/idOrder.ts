/** The enterprises of all partitions in the order of their ids, kept up as more become known: 12 bytes for each. */

export type RowPlace = { partition: number; row: number }
type Fresh = { place: number; id: string }
/** What is asked of a task: how many rows it has, and their ids. */
type Rows = { rows: { readonly count: number }; ids: { idOf(row: number): string } }

const rowsMax = 2 ** 32

export class IdOrder {
  readonly #tasks: readonly Rows[]
  /** By rank: partition * 2^32 + row. */
  #places = new Float64Array(0)
  /** By partition and row. */
  readonly #ranks: Uint32Array[]

  constructor(tasks: readonly Rows[]) {
    this.#tasks = tasks
    this.#ranks = tasks.map(() => new Uint32Array(0))
  }

  get size(): number {
    return this.#places.length
  }

  /** Takes in the rows that have come since. */
  refresh(): void {
    const fresh = this.#tasks.flatMap(({ rows, ids }, partition) => {
      const first = this.#ranks[partition].length
      return Array.from({ length: rows.count - first }, (_, at): Fresh => {
        return { place: partition * rowsMax + first + at, id: ids.idOf(first + at) }
      })
    })
    if (fresh.length === 0) return
    this.#merge(fresh.sort((a, b) => (a.id < b.id ? -1 : 1)))
    for (const [partition, { rows }] of this.#tasks.entries()) this.#ranks[partition] = new Uint32Array(rows.count)
    for (let rank = 0; rank < this.#places.length; rank++) {
      const { partition, row } = this.placeOf(rank)
      this.#ranks[partition][row] = rank
    }
  }

  rankOf({ partition, row }: RowPlace): number {
    return this.#ranks[partition][row]
  }

  placeOf(rank: number): RowPlace {
    const place = this.#places[rank]
    return { partition: Math.floor(place / rowsMax), row: place % rowsMax }
  }

  #merge(fresh: readonly Fresh[]): void {
    const merged = new Float64Array(this.#places.length + fresh.length)
    let [from, to] = [0, 0]
    for (const { place, id } of fresh) {
      const next = this.#firstFrom(from, id)
      merged.set(this.#places.subarray(from, next), to)
      to += next - from
      merged[to++] = place
      from = next
    }
    merged.set(this.#places.subarray(from), to)
    this.#places = merged
  }

  /** The first rank from here on whose id is not before this one. */
  #firstFrom(from: number, id: string): number {
    let [low, high] = [from, this.#places.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#idAt(this.#places[middle]) < id) low = middle + 1
      else high = middle
    }
    return low
  }

  #idAt(place: number): string {
    return this.#tasks[Math.floor(place / rowsMax)].ids.idOf(place % rowsMax)
  }
}
