/** Plans trouble in which counts hardly move, on demand: in which regions, from when on (docs/science.md section 13). */
import type { Profile } from '../../../streams/profile.ts'
import { nodesUnder, rootIndex, unknownIndex } from '../../../streams/tree.ts'
import { ForewarnError } from '../../errors.ts'
import { dayMs } from '../../limits.ts'
import type { Intensity } from '../cells.ts'
import type { Days } from '../outbreaks.ts'
import { Random } from '../random.ts'
import type { Trait } from '../traits.ts'
import type { Trouble, TroubleKind } from '../truth.ts'

/** Of soft events that become grave; of enterprises that get a worse grade; of enterprises that fall sick. */
export const troubleShares: Readonly<Record<TroubleKind, number>> = { swap: 0.15, grades: 0.4, sick: 0.04 }
/** Fewer enterprises have no level of risk that could be told from chance. */
const enterprisesMin = 60
const regionsShare = 0.25
const softSeverityMax = 2
const graveSeverityMin = 3
/** Where nothing is said, a run has had 7 of 12 parts of its days: 70 of 120. */
const onsetShare = 7 / 12

export type TroubleRequest = { kind: TroubleKind; fromDay?: number; toDay?: number; regions?: number }

export type PlannedTrouble = Days & {
  readonly truth: Trouble
  /** 1 for nodes of its region. */
  readonly inside: Uint8Array
}

export type WhenOptions = { days: number; seed: number; startMs: number }

export function onset(days: number): number {
  return Math.floor(days * onsetShare)
}

/** @throws ForewarnError FW_USAGE for days outside of the run. */
export function windowOf(
  profile: Profile,
  { fromDay, toDay }: Days,
  { days, startMs }: WhenOptions,
): Pick<Trouble, 'start' | 'end' | 'startTick' | 'endTick'> {
  if (
    !(Number.isSafeInteger(fromDay) && Number.isSafeInteger(toDay) && 0 <= fromDay && fromDay < toDay && toDay <= days)
  )
    throw new ForewarnError('FW_USAGE', [
      `What is planned must lie within the ${days} days, not from day ${fromDay} to ${toDay}.`,
    ])
  const [fromMs, toMs] = [startMs + fromDay * dayMs, startMs + toDay * dayMs]
  return {
    start: new Date(fromMs).toISOString(),
    end: new Date(toMs).toISOString(),
    startTick: profile.calendar.tickOf(fromMs),
    endTick: profile.calendar.tickOf(toMs - 1),
  }
}

/** Judged, no outcomes, with a rate. @returns Indices of soft types, and of grave ones with an amount; of all grave ones where none has. */
export function swapTypes(profile: Profile, traits: readonly Trait[]): { soft: ReadonlySet<number>; grave: number[] } {
  const usual = profile.types.filter((type) => type.judged && !type.outcome && traits[type.index].perThousandDay > 0)
  const grave = usual.filter(({ severity }) => severity >= graveSeverityMin).map(({ index }) => index)
  const owed = grave.filter((index) => traits[index].amount !== undefined)
  return {
    soft: new Set(usual.filter(({ severity }) => severity <= softSeverityMax).map(({ index }) => index)),
    grave: owed.length > 0 ? owed : grave,
  }
}

/** The outermost regions that have a name. */
export function outermostRegions({ regions }: Profile): number[] {
  return regions.nodes.filter(({ index, depth }) => depth === 1 && index > unknownIndex).map(({ index }) => index)
}

/** Each request has regions of its own; those of a request do not depend on the requests after it. */
export function planTroubles(
  profile: Profile,
  { enterprises }: Intensity,
  requests: readonly TroubleRequest[],
  when: WhenOptions,
): PlannedTrouble[] {
  const all = outermostRegions(profile).sort((a, b) => enterprises(b, rootIndex) - enterprises(a, rootIndex) || a - b)
  const large = all.filter((region) => enterprises(region, rootIndex) >= enterprisesMin)
  const left = new Random(when.seed, 'troubles').shuffled(large.length > 0 ? large : all.slice(0, 1))
  return requests.flatMap(({ kind, fromDay = onset(when.days), toDay = when.days, regions }, at) => {
    const window = windowOf(profile, { fromDay, toDay }, when)
    const count = regions ?? Math.max(1, Math.round(all.length * regionsShare))
    return left.splice(0, count).map((region) => ({
      fromDay,
      toDay,
      inside: nodesUnder(profile.regions, region),
      truth: {
        id: `${kind}-${at + 1}-${profile.regions.nodes[region].code}`,
        kind,
        region: profile.regions.nodes[region].code,
        ...window,
        enterprises: enterprises(region, rootIndex),
        share: troubleShares[kind],
      },
    }))
  })
}
