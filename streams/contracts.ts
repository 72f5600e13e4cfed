/**
 * What upstream systems send. One record is one JSON object in UTF-8; unknown fields are ignored, so senders may add their own.
 * The contracts are the one source: parsers, TypeScript types and JSON Schema derive from them.
 */
import { z } from 'zod'

/** ISO 8601 with a zone, to the millisecond: `2026-08-03T09:15:00.000Z` or `2026-08-03T17:15:00+08:00`. */
export const instant = z.iso.datetime({
  offset: true,
  error: ({ input }) =>
    typeof input === 'string'
      ? `${JSON.stringify(input.slice(0, 40))} is no instant with a zone, such as 2026-08-03T09:15:00Z`
      : undefined,
})

const wellFormed = (text: string): boolean => text.isWellFormed()
const code = z.string().min(1).max(32)

/** Enterprise ids are printable ASCII, so that they compare as bytes everywhere; the profile narrows the format. */
export const enterpriseId = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[\x20-\x7e]+$/, 'must be printable ASCII')
/** A content hash. */
export const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'must be a sha256 in hex')
export const recordId = z.string().min(1).max(128).refine(wellFormed, 'must be well-formed Unicode')

/** `place:<region code>` in place of an enterprise id: an event of a place, counted in cells and never scored. */
export const placePrefix = 'place:'

/** Extra values of one event; of their names and of their texts, characters. */
export const attributesMax = 256
export const attributeNameMax = 64
export const attributeTextMax = 1_024

/** Looked at before the entries are: each of them that is wrong would be a mistake of its own. */
export function objectOfAtMost(entriesMax: number): z.ZodCustom<object, object> {
  return z.custom<object>(
    (value) =>
      typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length <= entriesMax,
    `must be an object of at most ${entriesMax} entries`,
  )
}

/** Topic `risk-events`, key = enterprise id. `amount` is in the profile's currency, >= 0; `severity` 1 (light) to 5 (grave). */
export const RiskEvent = z.object({
  id: recordId,
  enterpriseId,
  type: code,
  occurredAt: instant,
  severity: z.int().min(1).max(5).optional(),
  amount: z.number().min(0).max(1e15).optional(),
  source: code.optional(),
  region: code.optional(),
  industry: code.optional(),
  /** The id of an earlier (or still to come) event that this record takes back: credit repair. */
  retracts: recordId.optional(),
  /** Extra values of a profile; only numeric columns that the profile declares are kept. */
  attributes: objectOfAtMost(attributesMax)
    .pipe(
      z.record(
        z.string().max(attributeNameMax),
        z.union([z.number(), z.string().max(attributeTextMax), z.boolean(), z.null()]),
      ),
    )
    .optional(),
})
export type RiskEvent = z.infer<typeof RiskEvent>

/** Topic `credit-grades`, key = enterprise id. In force from `effectiveAt` (whole hours) until a later one begins. */
export const CreditGrade = z.object({
  enterpriseId,
  grade: code,
  effectiveAt: instant,
  scheme: z.string().max(64).optional(),
  score: z.number().optional(),
  issuer: z.string().max(256).optional(),
})
export type CreditGrade = z.infer<typeof CreditGrade>

/**
 * Topic `enterprises`, key = the enterprise's id. `status: closed`, or a word of the profile for it, takes it out of the stock of its
 * cell; a word that the profile does not know does not, and is flagged.
 */
export const Enterprise = z.object({
  id: enterpriseId,
  region: code,
  industry: code,
  name: z.string().max(512).optional(),
  since: z.string().max(40).optional(),
  size: z.string().max(32).optional(),
  status: z.string().max(64).optional(),
})
export type Enterprise = z.infer<typeof Enterprise>
