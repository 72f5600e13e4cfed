/** A small market from a seed: the same records for ever. Changing this file changes golden digests. */
import type { TestRecord } from './fold.ts'
import { firstCommand, historyStartMs } from './histories.ts'

const [hour, day] = [3_600_000, 86_400_000]

export type Generated = {
  seed: number
  days: number
  enterprises: number
  eventsPerDay: number
  /** Days (from 0) on which many events come to county P1, section X. */
  outbreakDays?: readonly number[]
  outbreakEvents?: number
}

export function generatedHistory({
  seed,
  days,
  enterprises,
  eventsPerDay,
  outbreakDays = [],
  outbreakEvents = 40,
}: Generated): TestRecord[] {
  const luck = random(seed)
  const below = (limit: number): number => Math.floor(luck() * limit)
  const pick = <T>(values: readonly T[]): T => values[below(values.length)]
  const records: TestRecord[] = [firstCommand]
  const [regions, industries] = [['P1', 'P2', 'Q', 'P', 'nowhere'] as const, ['X1', 'X2', 'Y1', 'Y'] as const]
  for (let e = 0; e < enterprises; e++) {
    const place = { region: e % 3 === 0 ? 'P1' : pick(regions), industry: e % 3 === 0 ? 'X1' : pick(industries) }
    records.push({ topic: 'enterprises', key: `E${e}`, timeMs: historyStartMs, value: { id: `E${e}`, ...place } })
    if (e % 5 !== 4) records.push(gradeOf(e, pick('ABCD'.split('')), historyStartMs, -below(400) * day))
  }
  for (let d = 0; d < days; d++) {
    const count = eventsPerDay + (outbreakDays.includes(d) ? outbreakEvents : 0)
    const times = Array.from({ length: count }, () => historyStartMs + d * day + below(day / 1_000) * 1_000).sort(
      (a, b) => a - b,
    )
    for (const [n, timeMs] of times.entries())
      records.push(eventOf(d, n, timeMs, outbreakDays.includes(d) && n % 2 === 0))
    const noonMs = records[records.length - 1].timeMs
    if (d % 4 === 1) records.push(gradeOf(below(enterprises), pick('ABCD'.split('')), noonMs, (below(6) - 3) * day))
    if (d % 4 === 2)
      records.push({
        topic: 'enterprises',
        key: 'E1',
        timeMs: noonMs,
        value: { id: 'E1', region: pick(regions), industry: 'X2' },
      })
  }
  const last = records[records.length - 1].timeMs
  return [
    ...records,
    { topic: 'commands', key: null, timeMs: last + day, value: { id: 'last', actor: 'test', kind: 'import.end' } },
  ]

  function eventOf(d: number, n: number, timeMs: number, inOutbreak: boolean): TestRecord {
    const e = inOutbreak ? 3 * below(Math.ceil(enterprises / 3)) : below(enterprises)
    const key = below(40) === 0 ? 'place:P2' : `E${e}`
    const id = `${d}-${n}`
    const occurredAt = new Date(timeMs - pick([0, 1, 5, 30, 24 * 9, 24 * 50]) * hour).toISOString()
    const head = { enterpriseId: key, occurredAt, source: pick(['hotline', 'court', 'other']) }
    if (below(12) === 0 && n > 0)
      return {
        topic: 'risk-events',
        key,
        timeMs,
        value: { ...head, id: `r${id}`, type: 'PEN.NOTE', retracts: `${d}-${n - 1}` },
      }
    const value = {
      ...head,
      id,
      type: pick(['CMP.COMPLAINT', 'CMP.COMPLAINT', 'PEN.FINE', 'PEN.NOTE']),
      amount: below(5) * 1_000,
    }
    return { topic: 'risk-events', key, timeMs, value: below(30) === 0 ? { ...value, type: 'OTHER' } : value }
  }
}

function gradeOf(e: number, grade: string, timeMs: number, effectiveInMs: number): TestRecord {
  const effectiveAt = new Date(timeMs + effectiveInMs).toISOString()
  return { topic: 'credit-grades', key: `E${e}`, timeMs, value: { enterpriseId: `E${e}`, grade, effectiveAt } }
}

/** Numbers in [0, 1): the mulberry32 generator. */
function random(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
