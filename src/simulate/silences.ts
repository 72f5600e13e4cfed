/** Sources that are silent about a region for some days and then upload everything at once, with a backlog of old cases. */
import type { Profile } from '../../streams/profile.ts'
import { nodesUnder, unknownIndex } from '../../streams/tree.ts'
import { dayMs, hourMs, minuteMs } from '../limits.ts'
import type { PlannedOutbreak } from './outbreaks.ts'
import { Random } from './random.ts'
import type { Silence } from './truth.ts'

const daysBetween = 6
const uploadMs = 20 * minuteMs

export type PlannedSilence = {
  readonly truth: Silence
  readonly source: number
  readonly region: number
  /** 1 for nodes of the silent region. */
  readonly inside: Uint8Array
  readonly fromMs: number
  readonly toMs: number
}

export type SilenceOptions = { days: number; seed: number; startMs: number }

/** @param sources Index of the source of each event type. */
export function planSilences(
  profile: Profile,
  sources: readonly number[],
  outbreaks: readonly PlannedOutbreak[],
  options: SilenceOptions,
): PlannedSilence[] {
  const random = new Random(options.seed, 'silences')
  const tops = profile.regions.nodes.filter((node) => node.depth === 1 && node.index > unknownIndex)
  const used = [...new Set(sources)].filter((source) => source > 0)
  const planned: PlannedSilence[] = []
  if (tops.length === 0 || used.length === 0) return planned
  for (let day = 4; day < options.days - 4; day += daysBetween - 2 + random.int(5)) {
    const region = random.pick(tops).index
    const source = random.pick(used)
    const lengthDays = Math.min(3 + random.int(6), options.days - 1 - day)
    const inside = nodesUnder(profile.regions, region)
    const fromMs = options.startMs + day * dayMs
    const toMs = fromMs + lengthDays * dayMs + 10 * hourMs + random.int(5 * hourMs)
    const slot = { source, inside, fromDay: day, toDay: day + lengthDays + 1 }
    if (outbreaks.some((outbreak) => hides(slot, outbreak, sources))) continue
    const truth: Silence = {
      source: profile.sources[source],
      region: profile.regions.nodes[region].code,
      start: new Date(fromMs).toISOString(),
      end: new Date(toMs).toISOString(),
    }
    planned.push({ truth, source, region, inside, fromMs, toMs })
  }
  return planned
}

type SilentSlot = { source: number; inside: Uint8Array; fromDay: number; toDay: number }

/** A silence in the middle of an outbreak of that source would hide it: such ones are not planned. */
function hides(silence: SilentSlot, outbreak: PlannedOutbreak, sources: readonly number[]): boolean {
  const apart = silence.toDay <= outbreak.fromDay || outbreak.toDay <= silence.fromDay
  if (apart || !outbreak.types.some((type) => sources[type] === silence.source)) return false
  return outbreak.truth.region === '' || silence.inside[outbreak.region] === 1
}

/** When a record of this source and region really comes out: after the silence (they begin in this order), if it falls into one. */
export function heldBack(
  silences: readonly PlannedSilence[],
  source: number,
  region: number,
  knownAtMs: number,
  random: Random,
): number {
  for (const silence of silences) {
    if (knownAtMs < silence.fromMs) return knownAtMs
    if (knownAtMs < silence.toMs && silence.source === source && silence.inside[region] === 1)
      return silence.toMs + random.int(uploadMs)
  }
  return knownAtMs
}
