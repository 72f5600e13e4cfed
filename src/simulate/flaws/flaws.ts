/**
 * What goes wrong with records in the real world, as shares of the events. One uniform number an event decides, so every event has
 * at most one flaw, and switching one off moves no other draw.
 */
import type { Random } from '../random.ts'

export const dirtShares = {
  /** The event's own place differs from its enterprise's. */
  ownRegion: 0.03,
  ownIndustry: 0.004,
  /** An event of a place (`place:<region>`), of an enterprise that no register lists, of unknown type or region, without source. */
  place: 0.006,
  stranger: 0.005,
  unknownType: 0.0006,
  unknownRegion: 0.001,
  noSource: 0.01,
  /** Sent again later, unchanged or with another severity. */
  duplicate: 0.008,
  conflict: 0.0005,
  /** Taken back: later, before it is known at all, twice; or something is taken back that never was. */
  retraction: 0.008,
  retractionEarly: 0.0006,
  retractionTwice: 0.0008,
  retractionStray: 0.0004,
} as const
/** Records that break their contract, or are too old or in the future, as a share of the events. */
export const malformedShare = 0.0008

export type Flaw = keyof typeof dirtShares
const isFlaw = (name: string): name is Flaw => name in dirtShares
const flaws = Object.keys(dirtShares).filter(isFlaw)
const flawed = flaws.reduce((sum, flaw) => sum + dirtShares[flaw], 0)

export function drawFlaw(random: Random): Flaw | undefined {
  let left = random.next()
  if (left >= flawed) return undefined
  return flaws.find((flaw) => {
    left -= dirtShares[flaw]
    return left < 0
  })
}
