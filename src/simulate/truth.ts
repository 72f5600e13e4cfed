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
  factor: z.number().min(1),
  types: z.array(z.string()).min(1),
  start: instant,
  end: instant,
  startTick: z.int(),
  endTick: z.int(),
  /** Events a day of these types that the cell usually has, and how many come on top in all: both expected, not drawn. */
  baseEventsPerDay: z.number(),
  extraEvents: z.number(),
  /** The other half, if this is one of two beside each other. */
  twin: z.string().optional(),
})
export type Outbreak = z.infer<typeof Outbreak>

/** A source that says nothing about a region for some days, then uploads everything at once, old cases included. */
export const Silence = z.strictObject({ source: z.string(), region: z.string(), start: instant, end: instant })
export type Silence = z.infer<typeof Silence>

const window = { start: instant, end: instant, startTick: z.int(), endTick: z.int() }

/** Trouble in which counts hardly move, and the scores of a model should (docs/science.md section 13). */
export const troubleKinds = ['swap', 'grades', 'sick'] as const
export type TroubleKind = (typeof troubleKinds)[number]

/**
 * - `swap`: so large a share of the soft events of a region become judgments, arrears or fines;
 * - `grades`: so large a share of its enterprises gets a worse grade in the first days;
 * - `sick`: so large a share of its enterprises has grave events on top.
 */
export const Trouble = z.strictObject({
  id: z.string(),
  kind: z.enum(troubleKinds),
  region: z.string(),
  ...window,
  /** Registered in the region at the start. */
  enterprises: z.int(),
  share: z.number(),
})
export type Trouble = z.infer<typeof Trouble>

/** What looks like trouble and is none. */
export const artefactKinds = ['batch', 'return', 'enterprise'] as const
export type ArtefactKind = (typeof artefactKinds)[number]

/**
 * - `batch`: a source uploads what it has of a region at once, old cases included;
 * - `return`: a source that was silent about a region, from `silentFrom`, comes back; the silence is also among `silences`;
 * - `enterprise`: many events of one enterprise.
 */
export const Artefact = z.strictObject({
  id: z.string(),
  kind: z.enum(artefactKinds),
  region: z.string(),
  industry: z.string(),
  ...window,
  source: z.string().optional(),
  enterpriseId: z.string().optional(),
  silentFrom: instant.optional(),
  /** Records that come on top or are held back, expected. */
  records: z.number(),
})
export type Artefact = z.infer<typeof Artefact>

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
  /** Planned on demand alone; a file leaves out lists with nothing in them. */
  troubles: z.array(Trouble).default([]),
  artefacts: z.array(Artefact).default([]),
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
