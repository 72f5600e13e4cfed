/**
 * What is around an enterprise: recent rates of events in its region and its industry, from the tick archive (docs/fold.md rule 16).
 * Ticks <= T-2 speak in tick T, whenever they came: so the answer is the same with any number of partitions, and in a replay.
 */
import { z } from 'zod'
import { ln1p, pow2 } from '../../../models/math.ts'
import type { Profile } from '../../../streams/profile.ts'
import { ArchiveRecord } from '../../../streams/ticks.ts'
import { nodesUnder } from '../../../streams/tree.ts'
import type { CellKeys } from '../../cells.ts'
import { type PlaceFeature, placeFeatures } from '../../featureProfile.ts'
import { jsonPart, type Refold, type StatePart } from '../../fold/state.ts'
import { jsonOf } from '../../json.ts'
import { dayMs, neighbourhoodLagTicks } from '../../limits.ts'
import type { LogRecord } from '../../log/port.ts'
import { arraysOf, lookRound, type NearbyRate, nearbyRate, rateFor } from './nearbyRate.ts'

const ArchivedCounts = z.object({
  tick: z.int(),
  counts: z.object({ keys: z.array(z.number()), sums: z.array(z.number()) }),
})
type ArchivedCounts = z.infer<typeof ArchivedCounts>

/** What a checkpoint keeps of it. */
export const SavedNeighbourhood = z.object({
  openTick: z.int().nullable(),
  lastTick: z.int().nullable(),
  waiting: z.array(ArchivedCounts),
  /** `of` and `per` of each declared feature in turn, by node; after them those of each grade, where they count by themselves. */
  sums: z.array(z.array(z.number())),
})
type SavedNeighbourhood = z.infer<typeof SavedNeighbourhood>

/** 1 for every node of an axis that lies at or below a code. */
type Inside = { slot: number; axis: 'region' | 'industry'; nodes: Uint8Array }

export class Neighbourhood {
  readonly #arounds: readonly NearbyRate[]
  readonly #insides: readonly Inside[]
  readonly #keys: CellKeys
  readonly #tickDays: number
  #open: number | undefined
  #lastTick: number | undefined
  /** Ticks that are not to speak yet; ascending. */
  #waiting: ArchivedCounts[] = []
  /** Number of values that `fill` gives. */
  readonly size: number

  constructor(profile: Profile, keys: CellKeys) {
    this.#keys = keys
    this.#tickDays = profile.calendar.tickMs / dayMs
    const features = placeFeatures(profile)
    this.size = features.length
    this.#arounds = features.flatMap((feature, slot) =>
      feature.kind === 'nearby' ? [nearbyRate(profile, feature, slot)] : [],
    )
    this.#insides = features.flatMap((feature, slot) =>
      feature.kind === 'place' ? [{ slot, axis: feature.axis, nodes: inside(profile, feature) }] : [],
    )
  }

  /** Whether it needs the tick archive. */
  get looksAround(): boolean {
    return this.#arounds.length > 0
  }

  /** Takes records of the tick archive as they come. */
  take(records: readonly LogRecord[]): void {
    for (const { value } of records) {
      const record = ArchiveRecord.parse(jsonOf(value))
      if (record.kind === 'tick') this.#waiting.push({ tick: record.tick, counts: record.counts })
    }
  }

  /** From here on it is tick `tick`. */
  openTick(tick: number): void {
    this.#open = tick
    while (this.#waiting.length > 0 && this.#waiting[0].tick <= tick - neighbourhoodLagTicks) {
      const [first] = this.#waiting
      const pages = this.#waiting.filter((page) => page.tick === first.tick)
      this.#waiting = this.#waiting.slice(pages.length)
      this.#add(first.tick, pages)
    }
    const ticks = this.#lastTick === undefined ? 0 : tick + 1 - this.#lastTick
    for (const around of this.#arounds) around.kept = this.#keptAfter(ticks, around)
  }

  /** The values of all declared features at a place (region node in the upper 16 bits, industry node in the lower), for a grade. */
  fill(place: number, grade: number, out: Float64Array): void {
    const [region, industry] = [place >>> 16, place & 0xffff]
    for (const { slot, axis, nodes } of this.#insides) out[slot] = nodes[axis === 'region' ? region : industry]
    for (const around of this.#arounds) {
      const { axis, nodeOf, sums, kept } = around
      const node = nodeOf[axis === 'industry' ? industry : region]
      out[around.slot] = around.per === undefined ? ln1p(sums.of[node] * kept) : rateFor(around, node, grade)
    }
  }

  /** It comes about from the archive alone, and the ticks in which beats of so many milliseconds lie. */
  stateBy({ calendar }: Pick<Profile, 'calendar'>, beatMs: number): StatePart {
    const fold: Refold['fold'] = (beat, { archive }) => {
      this.take(archive)
      this.openTick(calendar.tickOf(beat * beatMs))
    }
    return jsonPart(
      { name: 'neighbourhood', version: 1, contract: SavedNeighbourhood, refold: { inputs: ['archive'], fold } },
      () => this.save(),
      (saved) => this.load(saved),
    )
  }

  save(): SavedNeighbourhood {
    const sums = this.#arounds.flatMap(arraysOf)
    return {
      openTick: this.#open ?? null,
      lastTick: this.#lastTick ?? null,
      waiting: this.#waiting,
      sums: sums.map((sum) => Array.from(sum)),
    }
  }

  load({ openTick, lastTick, waiting, sums }: SavedNeighbourhood): void {
    this.#lastTick = lastTick ?? undefined
    this.#waiting = waiting
    for (const [at, array] of this.#arounds.flatMap(arraysOf).entries()) array.set(sums[at])
    for (const around of this.#arounds) lookRound(around)
    if (openTick !== null) this.openTick(openTick)
  }

  #add(tick: number, pages: readonly ArchivedCounts[]): void {
    const ticks = this.#lastTick === undefined ? 0 : tick - this.#lastTick
    for (const around of this.#arounds) {
      const kept = this.#keptAfter(ticks, around)
      const came = this.#cameIn(around, pages)
      for (const [at, array] of arraysOf(around).entries())
        for (let node = 0; node < array.length; node++) array[node] = array[node] * kept + came[at][node]
      lookRound(around)
    }
    this.#lastTick = tick
  }

  #keptAfter(ticks: number, { halfLifeDays }: NearbyRate): number {
    return pow2((-ticks * this.#tickDays) / halfLifeDays)
  }

  /** Events of one tick, as `arraysOf` holds them: whole numbers, so their order makes no difference. */
  #cameIn(around: NearbyRate, pages: readonly ArchivedCounts[]): Float64Array[] {
    const keys = this.#keys
    const { tree, axis, nodeOf, of, per, graded } = around
    const came = arraysOf(around).map(({ length }) => new Float64Array(length))
    const [ofAll, perAll, ofGrade, perGrade] = came
    for (const { counts } of pages) {
      for (const [at, key] of counts.keys.entries()) {
        const type = keys.column(key)
        if (of[type] !== 1 && per?.[type] !== 1) continue // a source, or a type that nobody asks for
        const gradedCell = keys.gradedOf(key)
        const cell = keys.cellOf(gradedCell)
        const grade = keys.gradeOf(gradedCell)
        for (const node of tree.pathOf(nodeOf[axis === 'industry' ? keys.industry(cell) : keys.region(cell)])) {
          if (of[type] === 1) ofAll[node] += counts.sums[at]
          if (per?.[type] === 1) perAll[node] += counts.sums[at]
          if (graded === undefined) continue
          const own = node * graded.grades + grade
          if (of[type] === 1) ofGrade[own] += counts.sums[at]
          if (per?.[type] === 1) perGrade[own] += counts.sums[at]
        }
      }
    }
    return came
  }
}

function inside(profile: Profile, { axis, code }: Extract<PlaceFeature, { kind: 'place' }>): Uint8Array {
  const tree = axis === 'region' ? profile.regions : profile.industries
  return nodesUnder(tree, tree.find(code))
}
