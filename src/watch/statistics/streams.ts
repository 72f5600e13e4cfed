/**
 * Streams of counts: all events of a judged node, and those of each group of types that it ever had. A stream exists once it has had an event.
 * Each has its evidence, by the length of a tick; one of a group has what it has learnt of the group's share as well, one of all events how many
 * there ever were, and how many of them had no known group. So many numbers a stream lie side
 * by side in one array, 56 bytes (weeks: 72), beside 9 for its place; a cell takes 8.
 */
import { z } from 'zod'
import type { Expectation } from '../../../models/counts/detector.ts'
import type { Evidence, StreamCounts, StreamLimits } from '../../../models/counts/evidence.ts'
import { evidenceByTick } from '../../../models/counts/evidenceByTick.ts'
import {
  expectShare,
  type Keep,
  learnShares,
  type ShareColumns,
  shareLength,
  startShare,
  type Whole,
} from '../../../models/counts/groupShare.ts'
import type { WordReader, WordWriter } from '../../fold/pages.ts'
import { resized } from '../../sums.ts'

/** Of a stream that counts all events of its node. */
export const allEvents = 0

const growth = 1.25
const bitsMax = 32
const Saved = z.object({ streams: z.int(), nodes: z.array(z.number()), of: z.array(z.int()) })

export class Streams {
  count = 0
  /** How a stream gathers evidence; doubles that it takes, with its share. */
  readonly gathering: Evidence
  readonly #stride: number
  #state: Float64Array
  /** By stream: the cell of its node, and what it counts, 0 for all events and 1 + g for group g. */
  #cells = new Int32Array(64)
  #of = new Uint8Array(64)
  /** Streams of one cell hang together, the newest first: by cell and by stream, the index of the next + 1; 0 ends. */
  #first = new Int32Array(64)
  #next = new Int32Array(64)
  /** By cell, a bit for each of the first 32 that it may have. */
  #held = new Int32Array(64)

  constructor(tickDays: number) {
    this.gathering = evidenceByTick(tickDays)
    this.#stride = this.gathering.length + shareLength
    this.#state = new Float64Array(64 * this.#stride)
  }

  /** The index of a stream; undefined for one that never had an event. */
  find(cell: number, of: number): number | undefined {
    for (let stream = this.firstAt(cell); stream !== undefined; stream = this.nextOf(stream))
      if (this.#of[stream] === of) return stream
    return undefined
  }

  has(cell: number, of: number): boolean {
    if (of >= bitsMax) return this.find(cell, of) !== undefined
    return cell < this.#held.length && ((this.#held[cell] >>> of) & 1) === 1
  }

  cellAt(stream: number): number {
    return this.#cells[stream]
  }
  /** What a stream counts: 0 all events, 1 + g group g. */
  ofAt(stream: number): number {
    return this.#of[stream]
  }

  /** The newest stream of a cell; that of all events is the last. */
  firstAt(cell: number): number | undefined {
    return cell >= this.#first.length || this.#first[cell] === 0 ? undefined : this.#first[cell] - 1
  }
  /** The next stream of the same cell. */
  nextOf(stream: number): number | undefined {
    return this.#next[stream] === 0 ? undefined : this.#next[stream] - 1
  }

  /** Makes a stream that is not there. `expected`: events of it that should have come by now, for a group. */
  open(cell: number, of: number, expected = 0): void {
    const at = this.#add(cell, of)
    this.gathering.start(this.#state, at * this.#stride)
    startShare(this.#state, this.shareAt(at), expected)
  }

  expect(stream: number, whole: Whole): Expectation {
    return expectShare(this.#state, this.shareAt(stream), whole)
  }
  /** Groups learn their shares; `shareAt` of each stream in columns. */
  learnShares(columns: ShareColumns, length: number, keep: Keep): void {
    learnShares(this.#state, columns, length, keep)
  }

  /** Where the evidence of a stream begins, for `gather`. */
  offsetOf(stream: number): number {
    return stream * this.#stride
  }
  /** Takes counts into the evidence of their streams. */
  gather(counts: StreamCounts, length: number): void {
    this.gathering.addAll(this.#state, counts, length)
  }

  /** The evidence with a count that is not taken in. */
  evidenceWith(stream: number, expectation: Expectation, counted: { y: number; nodes: number }): number {
    return this.gathering.evidenceWith(this.#state, stream * this.#stride, expectation, counted)
  }
  /** What no count lifts the evidence above. */
  mostEvidence(stream: number, nodes: number): number {
    return this.gathering.mostWith(this.#state, stream * this.#stride, nodes)
  }
  leastCallingCount(stream: number, expectation: Expectation, limits: StreamLimits): number | undefined {
    return this.gathering.leastCallingCount(this.#state, stream * this.#stride, expectation, limits)
  }
  /** What the evidence is made of. */
  memory(stream: number): number[] {
    const found: number[] = []
    for (let at = stream * this.#stride; at < this.shareAt(stream); at++) found.push(this.#state[at])
    return found
  }

  shareAt(stream: number): number {
    return stream * this.#stride + this.gathering.length
  }

  /** Counts all events of a node ever. */
  note(stream: number, events: number): void {
    this.#state[this.shareAt(stream)] += events
  }
  eventsSoFar(stream: number): number {
    return this.#state[this.shareAt(stream)]
  }

  /** Evidence of a cell's streams is forgotten. */
  forget(cell: number): void {
    for (let stream = this.firstAt(cell); stream !== undefined; stream = this.nextOf(stream))
      this.gathering.start(this.#state, stream * this.#stride)
  }

  /** A cell begins anew: of its events so far (`seen`) nobody knows the groups. */
  beginAnew(cell: number, seen: number): void {
    this.forget(cell)
    for (let stream = this.firstAt(cell); stream !== undefined; stream = this.nextOf(stream)) {
      const share = this.shareAt(stream)
      if (this.#of[stream] === allEvents) this.#state[share + 1] = seen
      else startShare(this.#state, share, 0)
    }
  }

  /** Of a cell's events so far those of which the groups are known. */
  knownOf(cell: number, seen: number): number {
    const stream = this.find(cell, allEvents)
    return stream === undefined ? 0 : Math.max(0, seen - this.#state[this.shareAt(stream) + 1])
  }

  /** `nodes`: by cell. */
  save(out: WordWriter, nodes: readonly number[]): void {
    const { count } = this
    const saved = {
      streams: count,
      nodes: Array.from(this.#cells.subarray(0, count), (cell) => nodes[cell]),
      of: Array.from(this.#of.subarray(0, count)),
    }
    out.putJson(saved satisfies z.infer<typeof Saved>)
    out.putDoubles(this.#state.subarray(0, count * this.#stride))
  }

  /** `cellOf`: the cell of a node as it was saved; undefined for one that is judged no more. */
  load(from: WordReader, cellOf: (node: number) => number | undefined): void {
    const { nodes, of } = Saved.parse(from.takeJson())
    const state = from.takeDoubles()
    for (const [stream, node] of nodes.entries()) {
      const cell = cellOf(node)
      if (cell === undefined) continue
      const at = this.#add(cell, of[stream])
      this.#state.set(state.subarray(stream * this.#stride, (stream + 1) * this.#stride), at * this.#stride)
    }
  }

  #add(cell: number, of: number): number {
    const at = this.count++
    if (this.count > this.#of.length) {
      const size = Math.ceil(growth * this.count)
      this.#state = resized(this.#state, size * this.#stride)
      this.#cells = resized(this.#cells, size)
      this.#of = resized(this.#of, size)
      this.#next = resized(this.#next, size)
    }
    if (cell >= this.#first.length) {
      const size = Math.ceil(growth * (cell + 1))
      this.#first = resized(this.#first, size)
      this.#held = resized(this.#held, size)
    }
    if (of < bitsMax) this.#held[cell] |= 1 << of
    this.#cells[at] = cell
    this.#of[at] = of
    this.#next[at] = this.#first[cell]
    this.#first[cell] = at + 1
    return at
  }
}
