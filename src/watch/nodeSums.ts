/** Sums of the open tick at judged nodes, and events by group of types. Nodes keep their index from tick to tick; their sums do not. */
import { NumberIndex, resized } from '../sums.ts'

/** What is judged at a node. `squares`: sum over enterprises of (events of one)^2. */
export type NodeSum = { events: number; enterprises: number; squares: number }

export type NodeColumns = { keys: Float64Array; events: Float64Array; enterprises: Float64Array; squares: Float64Array }

export const noSum: NodeSum = { events: 0, enterprises: 0, squares: 0 }

const absent = 0
const present = 1
const changed = 2

export class NodeSums {
  readonly #index = new NumberIndex()
  #events = new Float64Array(64)
  #enterprises = new Float64Array(64)
  #squares = new Float64Array(64)
  #states = new Uint8Array(64)
  /** Events by node and group. */
  #groupEvents: Int32Array
  readonly #groups: number
  /** Indices of the nodes that this tick knows. */
  readonly #known: number[] = []
  /** Those that changed since they were last taken. */
  readonly #changes: number[] = []

  constructor(groups: number) {
    this.#groups = groups
    this.#groupEvents = new Int32Array(64 * groups)
  }

  indexOf(node: number): number {
    return this.#index.indexOf(node)
  }
  keyAt(index: number): number {
    return this.#index.keys[index]
  }
  find(node: number): number | undefined {
    return this.#index.find(node)
  }

  /** Indices of the nodes that this tick knows, as they came. */
  get known(): readonly number[] {
    return this.#known
  }

  /** Adds to a node; from then on the tick knows it, though the sums may come to 0. */
  add(node: number, events: number, enterprises: number, squares: number): void {
    this.addAt(this.#index.indexOf(node), events, enterprises, squares)
  }

  /** The same for the node of an index. */
  addAt(at: number, events: number, enterprises: number, squares: number): void {
    if (at >= this.#states.length) this.#reserve(at + 1)
    if (this.#states[at] !== changed) this.#note(at)
    this.#events[at] += events
    this.#enterprises[at] += enterprises
    this.#squares[at] += squares
  }

  /** Adds events of a group to the node of an index. */
  addGroupAt(at: number, group: number, events: number): void {
    if (at >= this.#states.length) this.#reserve(at + 1)
    this.#groupEvents[at * this.#groups + group] += events
  }

  /** Events of a group at a node. */
  groupEventsOf(node: number, group: number): number {
    const at = this.presentAt(node)
    return at === undefined ? 0 : this.groupEventsAt(at, group)
  }
  groupEventsAt(at: number, group: number): number {
    return this.#groupEvents[at * this.#groups + group]
  }
  eventsAt(at: number): number {
    return this.#events[at]
  }
  enterprisesAt(at: number): number {
    return this.#enterprises[at]
  }
  squaresAt(at: number): number {
    return this.#squares[at]
  }

  get(node: number): NodeSum | undefined {
    const at = this.presentAt(node)
    return at === undefined ? undefined : this.sumAt(at)
  }
  sumAt(at: number): NodeSum {
    return { events: this.#events[at], enterprises: this.#enterprises[at], squares: this.#squares[at] }
  }

  /** Events of a node, 0 if the tick does not know it. */
  eventsOf(node: number): number {
    const at = this.presentAt(node)
    return at === undefined ? 0 : this.#events[at]
  }

  /** Nodes that the tick knows, in ascending order. */
  keys(): Float64Array {
    const keys = new Float64Array(this.#known.length)
    for (let at = 0; at < keys.length; at++) keys[at] = this.#index.keys[this.#known[at]]
    return keys.sort()
  }

  /** The same with their sums, side by side. */
  columns(): NodeColumns {
    const keys = this.keys()
    const events = new Float64Array(keys.length)
    const enterprises = new Float64Array(keys.length)
    const squares = new Float64Array(keys.length)
    for (let to = 0; to < keys.length; to++) {
      const at = this.#index.indexOf(keys[to])
      events[to] = this.#events[at]
      enterprises[to] = this.#enterprises[at]
      squares[to] = this.#squares[at]
    }
    return { keys, events, enterprises, squares }
  }

  /** Indices of the nodes that changed since the last call and count at least so much. */
  takeChanged(eventsMin: number, enterprisesMin: number): number[] {
    const found: number[] = []
    for (const at of this.#changes) {
      this.#states[at] = present
      if (this.#events[at] >= eventsMin && this.#enterprises[at] >= enterprisesMin) found.push(at)
    }
    this.#changes.length = 0
    return found
  }

  clear(): void {
    for (const at of this.#known) {
      this.#states[at] = absent
      this.#events[at] = 0
      this.#enterprises[at] = 0
      this.#squares[at] = 0
      this.#groupEvents.fill(0, at * this.#groups, (at + 1) * this.#groups)
    }
    this.#known.length = 0
    this.#changes.length = 0
  }

  #note(at: number): void {
    if (this.#states[at] === absent) this.#known.push(at)
    this.#states[at] = changed
    this.#changes.push(at)
  }

  /** The index of a node that the tick knows. */
  presentAt(node: number): number | undefined {
    const at = this.#index.find(node)
    return at === undefined || at >= this.#states.length || this.#states[at] === absent ? undefined : at
  }

  #reserve(count: number): void {
    const size = count * 2
    this.#events = resized(this.#events, size)
    this.#enterprises = resized(this.#enterprises, size)
    this.#squares = resized(this.#squares, size)
    this.#states = resized(this.#states, size)
    this.#groupEvents = resized(this.#groupEvents, size * this.#groups)
  }
}
