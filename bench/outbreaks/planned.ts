/** The market that outbreaks are planned in, and what was planned as subjects. */
import type { Planned } from '../../models/quality/episodes.ts'
import { cellKeys } from '../../src/cells.ts'
import type { Truth } from '../../src/simulate/truth.ts'
import type { Lattice } from '../../src/watch/lattice.ts'
import type { Profile } from '../../streams/profile.ts'

export const market = {
  ...{ enterprises: 20_000, days: 90, outbreaks: true, halves: false, silences: true },
  start: Date.UTC(2024, 11, 31, 16),
}

export function keyOf(profile: Profile, region: string, industry: string): number {
  return cellKeys(profile).cell(profile.regions.find(region), profile.industries.find(industry))
}

export function plannedIn(profile: Profile, lines: Lattice, truth: Truth): Planned[] {
  return truth.outbreaks.map(({ region, industry, startTick, endTick }) => {
    const own = keyOf(profile, region, industry)
    return {
      startTick,
      endTick,
      isNear: (subject) => lines.contains(own, subject) || lines.contains(subject, own),
      isOwn: (subject) => subject === own,
    }
  })
}
