/**
 * Events of 250 bytes for the fold benchmark: a replay of history in beats of an hour, 10,000 events each (240,000 a day; all of
 * China has about 140,000). Grave events are rare, as they are: of a type of severity 1 to 5 there are 100, 40, 15, 3 and 1.
 * Seeded, with duplicates, retractions and late events as 5 % of the stream, and the fate that each of them must get (a plain
 * oracle: sets of ids, nothing else).
 */

import type { LogRecord } from '../src/log/port.ts'
import type { Fate } from '../streams/outputs.ts'
import type { Profile } from '../streams/profile.ts'
import { usccCheckCharacter } from '../streams/uscc.ts'

const dayMs = 86_400_000
export const beatMs = 3_600_000
const eventsBySeverity = [0, 100, 40, 15, 3, 1]
export const startMs = Date.parse('2026-03-02T00:00:00.000Z')

/** Small, fast and seeded (xorshift32). */
export function generator(seed: number): (below: number) => number {
  let state = seed | 1
  return (below) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % below
  }
}

const alphabet = '0123456789ABCDEFGHJKLMNPQRTUWXY'

/** A valid unified social credit code for a number. */
export function enterpriseIdOf(index: number): string {
  let rest = index
  let tail = ''
  for (let at = 0; at < 9; at++) {
    tail = alphabet[rest % 31] + tail
    rest = Math.floor(rest / 31)
  }
  const first17 = `91440101${tail}`
  return first17 + usccCheckCharacter(first17)
}

export function tableRecords(profile: Profile, enterprises: number): { enterprises: LogRecord[]; grades: LogRecord[] } {
  const next = generator(7)
  const leaves = profile.regions.nodes.filter((node) => node.depth === 3).map((node) => node.code)
  const industries = profile.industries.nodes.filter((node) => node.depth === 4).map((node) => node.code)
  const grades = 'AAAAAAABBC'
  const out: { enterprises: LogRecord[]; grades: LogRecord[] } = { enterprises: [], grades: [] }
  for (let at = 0; at < enterprises; at++) {
    const id = enterpriseIdOf(at)
    out.enterprises.push(
      record(at, startMs, id, {
        id,
        region: leaves[next(leaves.length)],
        industry: industries[next(industries.length)],
      }),
    )
    out.grades.push(
      record(at, startMs, id, {
        enterpriseId: id,
        grade: next(40) === 0 ? 'D' : grades[next(10)],
        effectiveAt: '2026-03-01T00:00:00.000Z',
      }),
    )
  }
  return out
}

export type EventBatch = { records: LogRecord[]; fates: Partial<Record<Fate, number>> }

/** Beats of `perBeat` events, as LogRecords in memory, until there are `events` of them. */
export function* eventBeats(
  profile: Profile,
  options: { enterprises: number; events: number; perBeat: number; everyEnterprise?: number },
): Generator<EventBatch> {
  const next = generator(11)
  // A type stands in the list as often as it happens.
  const types = profile.types.flatMap((type) =>
    Array.from({ length: eventsBySeverity[type.severity] }, () => type.code),
  )
  const sources = profile.sources.slice(1)
  const applied: { id: string; enterprise: number; text: string }[] = []
  const retracted = new Set<string>()
  let offset = 0
  for (let beat = 1; offset < options.events; beat++) {
    const timeMs = startMs + beat * beatMs
    const batch: EventBatch = { records: [], fates: {} }
    const add = (fate: Fate, enterprise: number, text: string): void => {
      batch.records.push({
        offset: offset++,
        timeMs,
        key: enterpriseIdOf(enterprise),
        value: Buffer.from(text),
        headers: null,
      })
      batch.fates[fate] = (batch.fates[fate] ?? 0) + 1
    }
    const known = applied.length // what earlier beats applied: a duplicate or a retraction refers to these
    for (let at = 0; at < options.perBeat && offset < options.events; at++) {
      const kind = options.everyEnterprise === undefined && known > 1_000 ? next(1_000) : 999
      const earlier = applied[known > 0 ? next(Math.min(known, 100_000)) : 0]
      if (kind < 20 && !retracted.has(earlier.id)) add('duplicate', earlier.enterprise, earlier.text)
      else if (kind < 30 && !retracted.has(earlier.id)) {
        retracted.add(earlier.id)
        add(
          'retraction',
          earlier.enterprise,
          eventText({
            id: `r-${earlier.id}`,
            enterprise: earlier.enterprise,
            type: types[0],
            source: sources[0],
            ageMs: 0,
            timeMs,
            retracts: earlier.id,
          }),
        )
      } else {
        const enterprise =
          options.everyEnterprise === undefined ? next(options.enterprises) : offset % options.enterprises
        const late = kind < 50 // known long after it occurred
        const text = eventText({
          id: `event-${offset.toString(36).padStart(12, '0')}`,
          enterprise,
          type: types[next(types.length)],
          source: sources[next(sources.length)],
          ageMs: late ? 90 * dayMs : next(dayMs),
          timeMs,
          retracts: undefined,
        })
        if (applied.length < 100_000)
          applied.push({ id: `event-${offset.toString(36).padStart(12, '0')}`, enterprise, text })
        add(late ? 'stale' : 'applied', enterprise, text)
      }
    }
    yield batch
  }
}

type EventShape = {
  id: string
  enterprise: number
  type: string
  source: string
  ageMs: number
  timeMs: number
  retracts: string | undefined
}

function eventText({ id, enterprise, type, source, ageMs, timeMs, retracts }: EventShape): string {
  const event = {
    id,
    enterpriseId: enterpriseIdOf(enterprise),
    type,
    occurredAt: new Date(timeMs - ageMs).toISOString(),
    amount: enterprise % 9_973,
    source,
    ...(retracts === undefined ? {} : { retracts }),
  }
  const text = JSON.stringify({ ...event, note: '' })
  return JSON.stringify({ ...event, note: 'x'.repeat(Math.max(0, 250 - text.length)) })
}

function record(offset: number, timeMs: number, key: string, value: object): LogRecord {
  return { offset, timeMs, key, value: Buffer.from(JSON.stringify(value)), headers: null }
}
