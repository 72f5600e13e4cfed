/**
 * Records that exist but are not known yet: a calendar queue (R. Brown 1988) with a bucket a day, rows packed into 32 bytes. Its size
 * depends on the rate of events and on their delays, never on the number of days simulated.
 */
import { dayMs } from '../limits.ts'

/** What becomes known. The order of kinds is no order of records; see `topicOrder`. */
export const kinds = {
  event: 0,
  duplicate: 1,
  conflict: 2,
  retraction: 3,
  malformed: 4,
  grade: 5,
  gradeInForce: 6,
  registration: 7,
  move: 8,
  closure: 9,
} as const

export const flags = { amount: 1, severity: 2, unknownType: 4, place: 8, noSource: 16 } as const

export type Row = {
  knownAtMs: number
  kind: number
  enterprise: number
  /** Index of the event type; of the grade for grades; the variant of malformed records. */
  type: number
  severity: number
  flags: number
  /** Number of the record; its id derives from it. */
  sequence: number
  /** Number of the record that is taken back. */
  target: number
  /** Seconds since 1970: when it occurred, or from when on a grade is in force. */
  occurredSec: number
  amount: number
  /** The event's own place, or the place after a move; the root (0) means none. */
  region: number
  industry: number
}

/** A row that says nothing more. */
export function blank(kind: number, enterprise: number, knownAtMs: number): Row {
  const nothing = {
    type: 0,
    severity: 0,
    flags: 0,
    sequence: 0,
    target: 0,
    occurredSec: 0,
    amount: 0,
    region: 0,
    industry: 0,
  }
  return { ...nothing, kind, enterprise, knownAtMs }
}

/** Within one instant: enterprises, then grades, then events. */
function topicOrder(kind: number): number {
  if (kind >= kinds.registration) return 0
  return kind === kinds.grade || kind === kinds.gradeInForce ? 1 : 2
}

const ringDays = 256
const words = 8
const rowsMax = 2 ** 24
const firstRows = 32

type Bucket = { data: Uint32Array; count: number }

export class PendingQueue {
  readonly #startMs: number
  readonly #ring: (Bucket | undefined)[] = new Array<Bucket | undefined>(ringDays).fill(undefined)
  #today = 0
  /** Rows that wait. */
  size = 0

  constructor(startMs: number) {
    this.#startMs = startMs
  }

  /** What became known before the simulation began, or will only more than 255 days from now, is left out. */
  push(row: Row): void {
    const day = Math.floor((row.knownAtMs - this.#startMs) / dayMs)
    if (day < this.#today || day >= this.#today + ringDays) return
    const bucket = this.#roomIn(day)
    const { data } = bucket
    const at = bucket.count++ * words
    data[at] = row.knownAtMs - this.#startMs - day * dayMs
    data[at + 1] = row.kind | (row.type << 8) | (row.severity << 16) | (row.flags << 24)
    data[at + 2] = row.enterprise
    data[at + 3] = row.sequence
    data[at + 4] = row.target
    data[at + 5] = row.occurredSec
    data[at + 6] = row.amount
    data[at + 7] = row.region | (row.industry << 16)
    this.size++
  }

  /** The rows of one day by (knownAt, topic, order of arrival). Meanwhile rows of later days may be pushed. */
  *take(day: number): Generator<Row> {
    this.#today = day + 1
    const slot = day % ringDays
    const bucket = this.#ring[slot]
    if (bucket === undefined) return
    this.#ring[slot] = undefined
    this.size -= bucket.count
    for (const key of sortedKeys(bucket))
      yield unpack(bucket.data, (key % rowsMax) * words, this.#startMs + day * dayMs)
  }

  #roomIn(day: number): Bucket {
    const slot = day % ringDays
    const bucket = this.#ring[slot] ?? { data: new Uint32Array(firstRows * words), count: 0 }
    this.#ring[slot] = bucket
    if (bucket.count * words === bucket.data.length) {
      const grown = new Uint32Array(bucket.data.length * 2)
      grown.set(bucket.data)
      bucket.data = grown
    }
    return bucket
  }
}

/** 27 bits of milliseconds, 2 of topic, 24 of arrival: exactly the 53 bits of a double, so the plain numeric sort does. */
function sortedKeys({ data, count }: Bucket): Float64Array {
  const keys = new Float64Array(count)
  for (let row = 0; row < count; row++) {
    const at = row * words
    keys[row] = (data[at] * 4 + topicOrder(data[at + 1] & 0xff)) * rowsMax + row
  }
  return keys.sort()
}

function unpack(data: Uint32Array, at: number, dayStartMs: number): Row {
  const tags = data[at + 1]
  const place = data[at + 7]
  return {
    knownAtMs: dayStartMs + data[at],
    kind: tags & 0xff,
    type: (tags >>> 8) & 0xff,
    severity: (tags >>> 16) & 0xff,
    flags: tags >>> 24,
    enterprise: data[at + 2],
    sequence: data[at + 3],
    target: data[at + 4],
    occurredSec: data[at + 5],
    amount: data[at + 6],
    region: place & 0xffff,
    industry: place >>> 16,
  }
}
