/**
 * Streams of counts: all events of a judged node, and those of each group of types that it ever had. A stream exists once it has had an event.
 * Each has its Shiryaev-Roberts evidence; one of a group has what it has learnt of the group's share as well, one of all events how many
 * there ever were, and how many of them had no known group. So many numbers a stream lie side
 * by side in one array, 56 bytes, beside 24 for its place.
 */
import { z } from 'zod'
import type { Expectation } from '../../../models/counts/detector.ts'
import {
  expectShare,
  type Keep,
  keepOf,
  learnShare,
  shareLength,
  startShare,
  type Whole,
} from '../../../models/counts/groupShare.ts'
import { addCount, evidenceIn, startStream, streamLength } from '../../../models/counts/shiryaevRoberts.ts'
import type { WordReader, WordWriter } from '../../fold/pages.ts'
import { NumberIndex, resized } from '../../sums.ts'
import type { Moves } from '../moves.ts'

/** Of a stream that counts all events of its node. */
export const allEvents = 0

const stride = streamLength + shareLength
const Saved = z.object({ streams: z.int(), nodes: z.array(z.number()), of: z.array(z.int()) })

export class Streams {
  /** Streams of a node: 0 is all events, 1 + g group g. */
  readonly #perNode: number
  readonly #index = new NumberIndex()
  #state = new Float64Array(64 * stride)
  /** Streams of one node hang together, the newest first: by stream, the index of the next + 1; 0 ends. */
  #next = new Int32Array(64)
  readonly #firstOf = new NumberIndex()
  #first = new Int32Array(64)
  readonly #keep: Keep

  constructor(groups: number, tickDays: number) {
    this.#perNode = groups + 1
    this.#keep = keepOf(tickDays)
  }

  get count(): number {
    return this.#index.count
  }

  /** The index of a stream; undefined for one that never had an event. */
  find(node: number, of: number): number | undefined {
    return this.#index.find(node * this.#perNode + of)
  }

  /** What a stream counts: 0 all events, 1 + g group g. */
  ofAt(stream: number): number {
    return this.#index.keys[stream] % this.#perNode
  }

  /** Indices of a node's streams, that of all events last. */
  *at(node: number): Generator<number> {
    for (let stream = this.firstAt(node); stream !== undefined; stream = this.nextOf(stream)) yield stream
  }

  firstAt(node: number): number | undefined {
    const found = this.#firstOf.find(node)
    return found === undefined || this.#first[found] === 0 ? undefined : this.#first[found] - 1
  }

  /** The next stream of the same node. */
  nextOf(stream: number): number | undefined {
    return this.#next[stream] === 0 ? undefined : this.#next[stream] - 1
  }

  /** Makes a stream that is not there. `expected`: events of it that should have come by now, for a group. */
  open(node: number, of: number, expected = 0): void {
    if (this.find(node, of) !== undefined) return
    const at = this.#add(node, of)
    startStream(this.#state, at * stride)
    startShare(this.#state, at * stride + streamLength, expected)
  }

  expect(stream: number, whole: Whole): Expectation {
    return expectShare(this.#state, stream * stride + streamLength, whole)
  }

  learn(stream: number, whole: Whole, y: number): void {
    learnShare(this.#state, stream * stride + streamLength, whole, { y, keep: this.#keep })
  }

  /** Takes a count into the evidence of a stream. */
  gather(stream: number, expectation: Expectation, counted: { y: number; nodes: number }): void {
    addCount(this.#state, stream * stride, expectation, counted)
  }

  evidence(stream: number): number {
    return evidenceIn(this.#state, stream * stride)
  }

  /** What the evidence is made of. */
  memory(stream: number): Float64Array {
    return this.#state.subarray(stream * stride, stream * stride + streamLength)
  }

  /** Counts all events of a node ever. */
  note(stream: number, events: number): void {
    this.#state[stream * stride + streamLength] += events
  }
  eventsSoFar(stream: number): number {
    return this.#state[stream * stride + streamLength]
  }

  /** Evidence of groups is forgotten. */
  forgetGroups(node: number): void {
    for (const stream of this.at(node)) if (this.ofAt(stream) !== allEvents) startStream(this.#state, stream * stride)
  }

  /** Evidence of a node's streams is forgotten. */
  forget(node: number): void {
    for (const stream of this.at(node)) startStream(this.#state, stream * stride)
  }

  /** A node begins anew: of its events so far (`seen`) nobody knows the groups. */
  beginAnew(node: number, seen: number): void {
    this.forget(node)
    for (const stream of this.at(node)) {
      const share = stream * stride + streamLength
      if (this.ofAt(stream) === allEvents) this.#state[share + 1] = seen
      else startShare(this.#state, share, 0)
    }
  }

  /** Of a node's events so far those of which the groups are known. */
  knownOf(node: number, seen: number): number {
    const stream = this.find(node, allEvents)
    return stream === undefined ? 0 : Math.max(0, seen - this.#state[stream * stride + streamLength + 1])
  }

  save(out: WordWriter): void {
    const keys = this.#index.keys.subarray(0, this.count)
    const [nodes, of] = [
      Array.from(keys, (key) => Math.floor(key / this.#perNode)),
      Array.from(keys, (key) => key % this.#perNode),
    ]
    out.putJson({ streams: this.count, nodes, of } satisfies z.infer<typeof Saved>)
    out.putDoubles(this.#state.subarray(0, this.count * stride))
  }

  load(from: WordReader, moves?: Moves): void {
    const { nodes, of } = Saved.parse(from.takeJson())
    const state = from.takeDoubles()
    for (const [stream, before] of nodes.entries()) {
      const node = moves === undefined ? before : moves.cell(before)
      if (node === undefined) continue
      const at = this.#add(node, of[stream])
      this.#state.set(state.subarray(stream * stride, (stream + 1) * stride), at * stride)
    }
  }

  #add(node: number, of: number): number {
    const at = this.#index.indexOf(node * this.#perNode + of)
    if ((at + 1) * stride > this.#state.length) this.#state = resized(this.#state)
    if (at >= this.#next.length) this.#next = resized(this.#next)
    const place = this.#firstOf.indexOf(node)
    if (place >= this.#first.length) this.#first = resized(this.#first)
    this.#next[at] = this.#first[place]
    this.#first[place] = at + 1
    return at
  }
}
