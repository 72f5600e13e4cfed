/** Features that a profile declares beside those that every profile has (models/features.ts). docs/profiles.md shows each kind. */
import { z } from 'zod'

const name = z
  .string()
  .regex(/^[a-z][A-Za-z0-9]*(\.[A-Za-z0-9]+)*$/, 'words of letters and digits, with dots between them')
  .max(64)
const types = z.array(z.string().min(1).max(32)).min(1)
const halfLifeDays = z.number().positive().max(3_650)
/** What a rate is drawn to while little is known: as if so many `per` events had been seen at this rate. */
const prior = z.strictObject({ rate: z.number().min(0), events: z.number().positive() })
/** `wholeEvents`: as `events`, for the whole country or all industries; the same when absent. */
const nearbyPrior = prior.extend({ wholeEvents: z.number().positive().optional() })
/** `km`: scale of the distance, at which a region weighs exp(-1/2). `events`: how strongly the rate is drawn to the node above. */
const nearbyAround = z.strictObject({ km: z.number().positive().max(1_000), events: z.number().positive() })
/** `events`: how strongly the rate of a grade is drawn to that of all. */
const nearbySameGrade = z.strictObject({ events: z.number().positive() })

export const DeclaredFeature = z.discriminatedUnion('kind', [
  /** How many events of the types `of` came for each event of the types `per`, both decayed, drawn to a prior. */
  z.strictObject({ name, kind: z.literal('rate'), of: types, per: types, halfLifeDays, prior }),
  /** ln(1 + days since the last event of these types); the horizon when there was none. */
  z.strictObject({ name, kind: z.literal('recency'), of: types }),
  /**
   * A numeric attribute of the newest event of these types, if it occurred within so many days; `otherwise` when there is none.
   * With `values`: one feature for each of them, `<name>.<value>`, 1 where it is that value and else 0.
   */
  z.strictObject({
    name,
    kind: z.literal('latest'),
    of: types,
    column: z.string().min(1).max(64),
    withinDays: z.number().positive(),
    otherwise: z.number().default(0),
    values: z.array(z.int().min(0)).min(1).max(64).optional(),
  }),
  /**
   * The same rate among all enterprises around: in the region, or in the industry, of the enterprise itself (its own code), or in the
   * whole. `level`: in that which lies at a level above it. It is drawn to the rate of the node above, and that of the whole to the prior. Fresh events of ticks that ended at least one
   * tick ago, as the tick archive counts them; they age until the end of the open tick. Without `per`: ln(1 + decayed count).
   * With `around`: a region is drawn to the rate of the regions around it (its own level, by distance of their centres), and that to the
   * rate of the node above. With `sameGrade`: the rate there among enterprises of the grade that the enterprise has, drawn to that of all.
   */
  z.strictObject({
    name,
    kind: z.literal('nearby'),
    axis: z.enum(['region', 'industry', 'whole']),
    level: z.string().min(1).max(64).optional(),
    of: types,
    per: types.optional(),
    halfLifeDays,
    prior: nearbyPrior,
    around: nearbyAround.optional(),
    sameGrade: nearbySameGrade.optional(),
  }),
  /** One feature for each code, `<name>.<code>`: 1 where the enterprise's place lies at or below it, else 0. */
  z.strictObject({
    name,
    kind: z.literal('place'),
    axis: z.enum(['region', 'industry']),
    codes: z.array(z.string().min(1).max(32)).min(1).max(64),
  }),
])
export type DeclaredFeature = z.infer<typeof DeclaredFeature>
