/**
 * Features that a profile declares: rates of an enterprise's own events, time since some of them, a number that its newest event
 * carries, and what is around it. Pure functions of (facts, context, asOf) like all features; decayed sums run in the order of the facts.
 */
import { type FactSlice, factHour, factType, factWordsBase, hoursPerDay, tombstoneBit } from './facts.ts'
import { ln1p, pow2 } from './math.ts'

/** A profile's declaration, by index of type and column. `of[type]` is 1 for the types it is about. */
export type CompiledFeature =
  | { name: string; kind: 'rate'; of: Uint8Array; per: Uint8Array; halfLifeDays: number; prior: Prior }
  | { name: string; kind: 'recency'; of: Uint8Array }
  | {
      name: string
      kind: 'latest'
      of: Uint8Array
      column: number
      withinHours: number
      otherwise: number
      /** 1 where the value equals this one, else 0; undefined: the value itself. */
      equals: number | undefined
    }
  /** Comes with the context, at this place among its values. */
  | { name: string; kind: 'context'; slot: number }

export type Prior = { rate: number; events: number }

/** One declared feature of the facts at an hour; `context` holds what is known of its place, by slot. */
export type DeclaredValue = (facts: FactSlice, asOfHour: number, context: Float64Array) => number

/** (events of a kind + prior) / (events they are counted against + prior). */
export function shrunkRate(of: number, per: number, { rate, events }: Prior): number {
  return (of + events * rate) / (per + events)
}

export function declaredValue(feature: CompiledFeature, horizonHours: number): DeclaredValue {
  switch (feature.kind) {
    case 'context':
      return (_facts, _hour, context) => context[feature.slot]
    case 'rate':
      return rateValue(feature, horizonHours)
    case 'recency':
      return (facts, hour) => {
        const at = newest(facts, hour, feature.of, horizonHours)
        const age = at === undefined ? horizonHours : ageOf(facts, at, hour)
        return ln1p(age / hoursPerDay)
      }
    case 'latest':
      return (facts, hour) => {
        const at = newest(facts, hour, feature.of, feature.withinHours)
        const value = at === undefined ? Number.NaN : columnValue(facts, at, feature.column)
        if (Number.isNaN(value)) return feature.otherwise
        return feature.equals === undefined ? value : value === feature.equals ? 1 : 0
      }
  }
}

function rateValue(
  { of, per, halfLifeDays, prior }: Extract<CompiledFeature, { kind: 'rate' }>,
  horizon: number,
): DeclaredValue {
  const decay = decayByHour(halfLifeDays, horizon)
  return (facts, hour) => {
    let [above, below] = [0, 0]
    for (let fact = 0, at = facts.offset; fact < facts.count; fact++, at += facts.stride) {
      const what = facts.words[at + 2]
      const age = Math.max(0, hour - factHour(what))
      if ((what & tombstoneBit) !== 0 || age > horizon) continue
      const type = factType(what)
      if (of[type] === 1) above += decay[age]
      if (per[type] === 1) below += decay[age]
    }
    return shrunkRate(above, below, prior)
  }
}

const decays = new Map<string, Float64Array>()

/** 2^(-age / half-life) for every whole hour of age up to the horizon; made once. */
function decayByHour(halfLifeDays: number, horizonHours: number): Float64Array {
  const key = `${halfLifeDays} ${horizonHours}`
  const known = decays.get(key)
  if (known !== undefined) return known
  const table = Float64Array.from({ length: horizonHours + 1 }, (_, age) => pow2(-age / (halfLifeDays * hoursPerDay)))
  decays.set(key, table)
  return table
}

/** Word of the newest fact of some types no older than so many hours; the last in the order of facts. */
function newest(facts: FactSlice, hour: number, of: Uint8Array, hoursMax: number): number | undefined {
  for (let at = facts.offset + (facts.count - 1) * facts.stride; at >= facts.offset; at -= facts.stride) {
    const what = facts.words[at + 2]
    if ((what & tombstoneBit) !== 0 || of[factType(what)] === 0) continue
    return ageOf(facts, at, hour) <= hoursMax ? at : undefined
  }
  return undefined
}

function ageOf(facts: FactSlice, at: number, hour: number): number {
  return Math.max(0, hour - factHour(facts.words[at + 2]))
}

const bits = new Int32Array(1)
const float = new Float32Array(bits.buffer)

/** NaN where the event did not carry the attribute. */
function columnValue(facts: FactSlice, at: number, column: number): number {
  bits[0] = facts.words[at + factWordsBase + column]
  return float[0]
}
