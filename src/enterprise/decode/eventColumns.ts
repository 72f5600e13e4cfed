/** The admitted events of one beat, side by side in columns: no object for an event, and nothing to allocate from beat to beat. */
import type { DecodedEvent } from './decode.ts'

export class EventColumns {
  readonly stride: number
  count = 0
  /** Position of each event among the records of the beat. */
  positions = new Int32Array(0)
  /** The fact of each, without tick and freshness: `stride` words. */
  words = new Int32Array(0)
  occurredMs = new Float64Array(0)
  flags = new Uint8Array(0)
  isRetraction = new Uint8Array(0)
  readonly ids: string[] = []
  /** Of retractions: the hash of the event that is taken back, two words. */
  #targets = new Int32Array(0)

  constructor(stride: number) {
    this.stride = stride
  }

  /** Empties the columns, and makes room for so many events. */
  clear(room: number): void {
    this.count = 0
    this.ids.length = 0
    if (room <= this.flags.length) return
    const size = Math.ceil(room * 1.25)
    this.positions = new Int32Array(size)
    this.words = new Int32Array(size * this.stride)
    this.occurredMs = new Float64Array(size)
    this.flags = new Uint8Array(size)
    this.isRetraction = new Uint8Array(size)
    this.#targets = new Int32Array(size * 2)
  }

  /** Takes a decoded event, whose fact is in its place already, for the next one. */
  put({ occurredMs, retracts, flags }: DecodedEvent): void {
    this.occurredMs[this.count] = occurredMs
    this.flags[this.count] = flags
    this.isRetraction[this.count] = retracts === undefined ? 0 : 1
    if (retracts !== undefined) this.setTarget(retracts.high, retracts.low)
  }

  /** What the next event takes back. */
  setTarget(high: number, low: number): void {
    this.#targets[this.count * 2] = high
    this.#targets[this.count * 2 + 1] = low
  }
  isTarget(event: number, high: number, low: number): boolean {
    return this.targetHigh(event) === (high | 0) && this.targetLow(event) === (low | 0)
  }
  targetHigh(event: number): number {
    return this.#targets[event * 2]
  }
  targetLow(event: number): number {
    return this.#targets[event * 2 + 1]
  }

  /** The next event is complete. */
  admit(position: number, enterpriseId: string): void {
    this.positions[this.count++] = position
    this.ids.push(enterpriseId)
  }
}
