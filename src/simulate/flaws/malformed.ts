/** Records that a stream must refuse: no JSON, wrong types, missing fields, too old, in the future. */
import { dayMs } from '../../limits.ts'

export type Malformed = { text: string; isObject: boolean }

type Parts = { id: string; enterpriseId: string; type: string; knownAtMs: number }

const tooOldDays = 2200 // over the horizon of five years
const aheadDays = 3

const variants: readonly ((parts: Parts) => unknown)[] = [
  ({ id, enterpriseId, type }) => ({ id, enterpriseId, type, occurredAt: 'yesterday' }),
  ({ id, enterpriseId, type, knownAtMs }) => ({ id, enterpriseId, type, occurredAt: Math.floor(knownAtMs / 1000) }),
  ({ enterpriseId, type, knownAtMs }) => ({ enterpriseId, type, occurredAt: iso(knownAtMs) }),
  ({ id, type, knownAtMs }) => ({ id, enterpriseId: 'no valid id', type, occurredAt: iso(knownAtMs) }),
  ({ id, enterpriseId, type, knownAtMs }) => ({ id, enterpriseId, type, occurredAt: iso(knownAtMs), severity: 'high' }),
  ({ id, enterpriseId, type, knownAtMs }) => ({ id, enterpriseId, type, occurredAt: iso(knownAtMs), amount: -1 }),
  ({ id, enterpriseId, type, knownAtMs }) => ({
    id,
    enterpriseId,
    type,
    occurredAt: iso(knownAtMs - tooOldDays * dayMs),
  }),
  ({ id, enterpriseId, type, knownAtMs }) => ({
    id,
    enterpriseId,
    type,
    occurredAt: iso(knownAtMs + aheadDays * dayMs),
  }),
]
const brokenLines = ['{"id":"cut off","enterpriseId":', 'not json at all', '[1,2,3]', '"a string"'] as const
export const malformedVariants = variants.length + brokenLines.length

export function malformed(variant: number, parts: Parts): Malformed {
  if (variant < variants.length) return { text: JSON.stringify(variants[variant](parts)), isObject: true }
  return { text: brokenLines[(variant - variants.length) % brokenLines.length], isObject: false }
}

function iso(ms: number): string {
  return new Date(ms).toISOString()
}
