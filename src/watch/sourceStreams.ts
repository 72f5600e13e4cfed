/**
 * The streams of arrivals that are watched for silence: one for each source and region that was ever heard, where the region is the whole,
 * one of the outermost level, or one of a judged level. So each record is heard in two to four streams, one inside the other.
 */
import { z } from 'zod'
import { noGaps, noRun } from '../../models/counts/silence.ts'
import type { Profile } from '../../streams/profile.ts'
import { rootIndex, unknownCode } from '../../streams/tree.ts'
import type { CellKeys } from '../cells.ts'

const run = z.object({ ticks: z.int(), exposure: z.number() })
export const Stream = z.object({
  gaps: z.object({ exposure: z.number(), records: z.number(), longestTicks: z.number() }),
  /** Ticks since it was last heard; `own`: those of them that no silence of a region above explains. */
  run,
  own: run,
  /** The tick in which it was first heard; absent until that closes. */
  firstTick: z.int().optional(),
  lastBeat: z.int(),
  /** A silence that was told: its tick, and the run by then. `spoke`: it has ended in the open tick. */
  told: z.object({ tick: z.int(), run, spoke: z.boolean() }).optional(),
})
export type Stream = z.infer<typeof Stream>

export class SourceStreams {
  readonly #streams = new Map<number, Stream>()
  /** Depths of regions that have streams, the whole first. */
  readonly depths: readonly number[]
  readonly #profile: Profile
  readonly #keys: CellKeys
  readonly #keysOf = new Map<number, readonly number[]>()
  readonly #depthOf = new Map<number, number>()
  /** Keys in order, by the place of their depth; and those that came since. */
  readonly #ordered: number[][]
  readonly #fresh: number[][]

  get byKey(): ReadonlyMap<number, Stream> {
    return this.#streams
  }

  constructor(profile: Profile, keys: CellKeys) {
    const { regions } = profile
    const judged = profile.file.warnings.regionLevels.map((level) => regions.levels.indexOf(level) + 1)
    this.depths = [...new Set([0, 1, ...judged])].sort((a, b) => a - b)
    this.#ordered = this.depths.map(() => [])
    this.#fresh = this.depths.map(() => [])
    this.#profile = profile
    this.#keys = keys
  }

  /** Keys of the streams in which an arrival of (source, region leaf) is heard, from the whole down. */
  keysOf(arrival: number): readonly number[] {
    const known = this.#keysOf.get(arrival)
    if (known !== undefined) return known
    const { source, region } = this.#keys.arrivalOf(arrival)
    const { regions } = this.#profile
    const path = regions.pathOf(region).filter((node) => this.depths.includes(regions.nodes[node].depth))
    const found = path.reverse().map((node) => this.#keys.arrivals(source, node))
    this.#keysOf.set(arrival, found)
    return found
  }

  /** The stream of a key; made when it is heard for the first time. */
  of(key: number): Stream {
    const known = this.#streams.get(key)
    if (known !== undefined) return known
    const made: Stream = { gaps: noGaps(), run: noRun(), own: noRun(), lastBeat: 0 }
    this.set(key, made)
    return made
  }

  /** Puts a stream that is not there. */
  set(key: number, stream: Stream): void {
    this.#streams.set(key, stream)
    this.#fresh[this.depths.indexOf(this.depthOf(key))].push(key)
  }

  /** All streams, those of coarser regions first; regions of one level by source, then by region. */
  inOrder(): readonly number[] {
    return this.depths.flatMap((depth) => this.inOrderAt(depth))
  }

  /** Those of regions of one depth. */
  inOrderAt(depth: number): readonly number[] {
    const at = this.depths.indexOf(depth)
    const fresh = this.#fresh[at]
    if (fresh.length > 0) this.#ordered[at] = [...this.#ordered[at], ...fresh].sort((a, b) => a - b)
    fresh.length = 0
    return this.#ordered[at]
  }

  depthOf(key: number): number {
    const known = this.#depthOf.get(key)
    if (known !== undefined) return known
    const { depth } = this.#profile.regions.nodes[this.#keys.arrivalOf(key).region]
    this.#depthOf.set(key, depth)
    return depth
  }

  /** The stream of the same source in the next coarser region; undefined for the whole. */
  above(key: number): number | undefined {
    const { source, region } = this.#keys.arrivalOf(key)
    if (region === rootIndex) return undefined
    const { nodes } = this.#profile.regions
    let at = nodes[region].parent
    while (!this.depths.includes(nodes[at].depth)) at = nodes[at].parent
    return this.#keys.arrivals(source, at)
  }

  /** Nobody can act on what lies nowhere. */
  isPlace(key: number): boolean {
    return !this.#profile.regions.nodes[this.#keys.arrivalOf(key).region].code.endsWith(unknownCode)
  }
}
