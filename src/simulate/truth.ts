/** What was planned: the answer sheet by which a warning system is judged (docs/science.md section 10). Nothing of it is in the records. */
import { z } from 'zod'

const instant = z.iso.datetime()

/**
 * An outbreak: from `start` to `end` so many more events of its types become known in its cell. `factor` is the peak rate
 * over the usual rate; a jump is at its peak from the first day on, a ramp rises to it day by day. An axis that does not
 * matter is the empty code, the root of its tree. Ticks are those of the profile's calendar, both ends included.
 */
export const Outbreak = z.strictObject({
  id: z.string(),
  kind: z.enum(['industry', 'region', 'both']),
  region: z.string(),
  industry: z.string(),
  shape: z.enum(['jump', 'ramp']),
  factor: z.number().min(2),
  types: z.array(z.string()).min(1),
  start: instant,
  end: instant,
  startTick: z.int(),
  endTick: z.int(),
  /** Events a day of these types that the cell usually has, and how many come on top in all: both expected, not drawn. */
  baseEventsPerDay: z.number(),
  extraEvents: z.number(),
})
export type Outbreak = z.infer<typeof Outbreak>

/** A source that says nothing about a region for some days, then uploads everything at once, old cases included. */
export const Silence = z.strictObject({ source: z.string(), region: z.string(), start: instant, end: instant })
export type Silence = z.infer<typeof Silence>

export const Truth = z.strictObject({
  profile: z.string(),
  profileHash: z.string(),
  seed: z.int(),
  enterprises: z.int(),
  days: z.int(),
  start: instant,
  end: instant,
  outbreaks: z.array(Outbreak),
  silences: z.array(Silence),
  /** Shares and rates that the simulation was drawn with. */
  parameters: z.strictObject({
    gradeShares: z.record(z.string(), z.number()),
    problemRates: z.record(z.string(), z.number()),
    perThousandDay: z.record(z.string(), z.number()),
    delayHoursMedian: z.record(z.string(), z.number()),
    dirt: z.record(z.string(), z.number()),
    hazard: z.record(z.string(), z.number()),
  }),
})
export type Truth = z.infer<typeof Truth>
