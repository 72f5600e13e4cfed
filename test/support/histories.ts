/**
 * Arbitrary histories of a small market over the tiny profile. Ids are few, so that duplicates, conflicts and retractions meet;
 * time moves in steps from nothing to days, so that beats hold several records and histories span several ticks.
 */
import fc from 'fast-check'
import type { TestRecord } from './fold.ts'

export const historyStartMs = Date.parse('2026-03-02T00:00:00.000Z')
const [minute, hour, day] = [60_000, 3_600_000, 86_400_000]
const stepsMs = [0, 0, 0, 0, 400, 400, 10 * minute, 5 * hour, 9 * hour, 20 * hour, 3 * day] as const

const enterprise = fc.constantFrom('E1', 'E1', 'E1', 'E2', 'E2', 'E3', 'E4', 'E5')
const region = fc.constantFrom('P1', 'P2', 'Q', 'P', 'UNKNOWN', 'nowhere', 'Q')
const industry = fc.constantFrom('X1', 'X2', 'Y1', 'X', 'Y', 'nothing')
const eventId = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f')
const retractionId = fc.constantFrom('r', 's', 't', 'u', 'a')
/** How long before it became known something happened: fresh and stale, within one hour of each other, too old, and in the future. */
const agoMs = fc.constantFrom(
  0,
  0,
  2 * hour,
  2 * hour + 20 * minute,
  day,
  7 * day,
  7 * day + 10 * minute,
  8 * day,
  40 * day,
  5 * 366 * day,
  -4 * minute,
  -hour,
  -2 * day,
)
const optional = <T>(values: readonly T[]): fc.Arbitrary<T | undefined> =>
  fc.option(fc.constantFrom(...values), { nil: undefined, freq: 2 })

type Made = { topic: TestRecord['topic']; key: string; value: (timeMs: number) => object | string }

const event = fc
  .record({
    id: eventId,
    owner: fc.oneof(
      { weight: 6, arbitrary: enterprise },
      { weight: 1, arbitrary: fc.constantFrom('place:P1', 'place:Q', 'place:nowhere') },
    ),
    type: fc.constantFrom('CMP.COMPLAINT', 'CMP.COMPLAINT', 'PEN.FINE', 'PEN.NOTE'),
    agoMs,
    severity: optional([1, 5]),
    amount: optional([0, 1_000, 1e6]),
    source: optional(['hotline', 'court', 'elsewhere']),
    own: fc.option(
      fc.record({ region: fc.option(region, { nil: undefined }), industry: fc.option(industry, { nil: undefined }) }),
      { nil: {}, freq: 3 },
    ),
  })
  .map(
    ({ id, owner, type, agoMs: ago, severity, amount, source, own }): Made => ({
      topic: 'risk-events',
      key: owner,
      value: (timeMs) => ({
        id,
        enterpriseId: owner,
        type,
        occurredAt: new Date(timeMs - ago).toISOString(),
        severity,
        amount,
        source,
        ...own,
      }),
    }),
  )

/** Events spread over nothing but ids, so that many of them are kept. */
const freshEvent = fc
  .record({
    id: fc.nat(9_999),
    owner: enterprise,
    type: fc.constantFrom('CMP.COMPLAINT', 'PEN.FINE'),
    ago: fc.constantFrom(0, hour, 3 * day),
  })
  .map(
    ({ id, owner, type, ago }): Made => ({
      topic: 'risk-events',
      key: owner,
      value: (timeMs) => ({
        id: `n${id}`,
        enterpriseId: owner,
        type,
        occurredAt: new Date(timeMs - ago).toISOString(),
        source: 'hotline',
      }),
    }),
  )

const retraction = fc
  .record({
    id: retractionId,
    owner: fc.oneof({ weight: 6, arbitrary: enterprise }, { weight: 1, arbitrary: fc.constant('place:P1') }),
    retracts: fc.oneof(eventId, fc.constantFrom('r', 's')),
  })
  .map(
    ({ id, owner, retracts }): Made => ({
      topic: 'risk-events',
      key: owner,
      value: (timeMs) => ({
        id,
        enterpriseId: owner,
        type: 'PEN.NOTE',
        occurredAt: new Date(timeMs).toISOString(),
        retracts,
      }),
    }),
  )

const grade = fc
  .record({
    owner: enterprise,
    grade: fc.constantFrom('A', 'B', 'C', 'D'),
    ago: fc.constantFrom(0, 3 * day, 30 * day, -hour, -9 * hour, -2 * day, -5 * day),
  })
  .map(
    ({ owner, grade: code, ago }): Made => ({
      topic: 'credit-grades',
      key: owner,
      value: (timeMs) => ({ enterpriseId: owner, grade: code, effectiveAt: new Date(timeMs - ago).toISOString() }),
    }),
  )

const table = fc.record({ owner: enterprise, region, industry, status: optional(['active', 'closed']) }).map(
  ({ owner, region: where, industry: what, status }): Made => ({
    topic: 'enterprises',
    key: owner,
    value: () => ({ id: owner, region: where, industry: what, status }),
  }),
)

const malformed = fc.constantFrom<Made>(
  { topic: 'risk-events', key: 'E1', value: () => '{' },
  { topic: 'risk-events', key: 'E1', value: () => '[]' },
  { topic: 'risk-events', key: 'E2', value: () => ({ id: 'a', enterpriseId: 'E2' }) },
  {
    topic: 'risk-events',
    key: 'E3',
    value: (timeMs) => ({ id: 'a', enterpriseId: 'E2', type: 'PEN.FINE', occurredAt: new Date(timeMs).toISOString() }),
  },
  {
    topic: 'risk-events',
    key: 'E2',
    value: (timeMs) => ({ id: 'a', enterpriseId: 'E2', type: 'OTHER', occurredAt: new Date(timeMs).toISOString() }),
  },
  {
    topic: 'risk-events',
    key: 'e2',
    value: (timeMs) => ({ id: 'a', enterpriseId: 'e2', type: 'PEN.FINE', occurredAt: new Date(timeMs).toISOString() }),
  },
  { topic: 'enterprises', key: 'E1', value: () => ({ id: 'E1', region: 'P1' }) },
  {
    topic: 'credit-grades',
    key: 'E1',
    value: (timeMs) => ({ enterpriseId: 'E1', grade: 'Z', effectiveAt: new Date(timeMs).toISOString() }),
  },
)

/** What an earlier record, so many before, is followed by: the same once more, the same a little later, or its retraction. */
const echo = fc.record({
  back: fc.nat(12),
  how: fc.constantFrom('again', 'again', 'shifted', 'retracted', 'retracted'),
})
type Echo = { back: number; how: 'again' | 'shifted' | 'retracted' }

const made: fc.Arbitrary<Made | Echo> = fc.oneof(
  { weight: 8, arbitrary: event },
  { weight: 8, arbitrary: freshEvent },
  { weight: 4, arbitrary: retraction },
  { weight: 3, arbitrary: grade },
  { weight: 3, arbitrary: table },
  { weight: 1, arbitrary: malformed },
  { weight: 8, arbitrary: echo },
)

/** The command with which every log begins: it tells each task that there is a first beat. */
export const firstCommand: TestRecord = {
  topic: 'commands',
  key: null,
  timeMs: historyStartMs,
  value: { id: 'first', actor: 'test', kind: 'import.begin' },
}

/** A command three days after a history, so that its ticks are closed. */
function closed(records: readonly TestRecord[], id: string): TestRecord[] {
  const timeMs = records[records.length - 1].timeMs + 3 * day
  return [...records, { topic: 'commands', key: null, timeMs, value: { id, actor: 'test', kind: 'import.end' } }]
}

type Step = [stepMs: number, made: Made | Echo]

function steps(stepMs: readonly number[], of: fc.Arbitrary<Made | Echo>, size: { min: number; max: number }) {
  return fc.array(fc.tuple(fc.constantFrom(...stepMs), of), { minLength: size.min, maxLength: size.max, size: 'max' })
}

/** The records of some steps after those that are there, and after a pause. */
function grown(records: readonly TestRecord[], more: readonly Step[], pauseMs = 0): TestRecord[] {
  const all = [...records]
  let timeMs = records[records.length - 1].timeMs + pauseMs
  for (const [step, one] of more) {
    timeMs += step
    if ('back' in one) all.push(...echoOf(one, all, timeMs))
    else all.push({ topic: one.topic, key: one.key, timeMs, value: one.value(timeMs) })
  }
  return all
}

/** A history in order of log time, between a first and a last command. */
export function histories(sizeMax = 60): fc.Arbitrary<TestRecord[]> {
  return steps(stepsMs, made, { min: 1, max: sizeMax }).map((some) => closed(grown([firstCommand], some), 'last'))
}

/** Outcomes and others, reported at once or up to weeks later: within the window and delay of a label, or behind it. */
const reported = fc
  .record({
    id: fc.nat(200),
    owner: enterprise,
    type: fc.constantFrom('CMP.COMPLAINT', 'PEN.FINE', 'PEN.FINE'),
    ago: fc.constantFrom(0, hour, 30 * hour, 4 * day, 6 * day, 11 * day, 30 * day),
  })
  .map(
    ({ id, owner, type, ago }): Made => ({
      topic: 'risk-events',
      key: owner,
      value: (timeMs) => ({
        id: `n${id}`,
        enterpriseId: owner,
        type,
        occurredAt: new Date(timeMs - ago).toISOString(),
      }),
    }),
  )
/** Of the weeks in which a history begins, told years later. */
const belated = fc.record({ id: fc.nat(400), owner: enterprise, hours: fc.nat(1_500) }).map(
  ({ id, owner, hours }): Made => ({
    topic: 'risk-events',
    key: owner,
    value: () => {
      const occurredAt = new Date(historyStartMs + hours * hour).toISOString()
      return { id: `n${id}`, enterpriseId: owner, type: 'PEN.FINE', occurredAt }
    },
  }),
)
const labelled = fc.oneof(
  { weight: 12, arbitrary: reported },
  { weight: 9, arbitrary: echo },
  { weight: 2, arbitrary: made },
  { weight: 1, arbitrary: table },
)
const after = fc.oneof({ weight: 4, arbitrary: labelled }, { weight: 1, arbitrary: belated })
const busyStepsMs = [0, 0, 400, 2 * hour, 9 * hour, 20 * hour, 2 * day] as const
const laterStepsMs = [0, 0, hour, 2 * day, 9 * day, 200 * day, 400 * day, 900 * day] as const
const yearsMax = 8

/** A history, and the same with more records after its end. */
export type Continued = { whole: TestRecord[]; continued: TestRecord[] }

/** Weeks in which outcomes come, are reported late and are taken back, and then years that speak of them, and of others. */
export function continuedHistories(sizeMax: number, { laterMax }: { laterMax: number }): fc.Arbitrary<Continued> {
  return fc
    .tuple(
      steps(busyStepsMs, labelled, { min: sizeMax / 2, max: sizeMax }),
      steps(laterStepsMs, after, { min: 1, max: laterMax }),
    )
    .map(([some, later]) => {
      const whole = closed(grown([firstCommand, ...registered], some), 'last')
      const endMs = historyStartMs + yearsMax * 365 * day
      return {
        whole,
        continued: closed(
          grown(whole, later, hour).filter(({ timeMs }) => timeMs < endMs),
          'very last',
        ),
      }
    })
}

const registered = ['E1', 'E2', 'E3', 'E4'].map((id): TestRecord => {
  const value = { id, region: 'P1', industry: 'X1' }
  return { topic: 'enterprises', key: id, timeMs: historyStartMs, value }
})

function echoOf({ back, how }: Echo, records: readonly TestRecord[], timeMs: number): TestRecord[] {
  const known = records[records.length - 1 - back]
  if (known === undefined) return []
  const { topic, key, value } = known
  if (how === 'again' || typeof value === 'string' || !('id' in value) || !('occurredAt' in value))
    return [{ topic, key, timeMs, value }]
  if (how === 'retracted') {
    const [id, occurredAt] = [`r-${String(value.id)}`, new Date(timeMs).toISOString()]
    return [{ topic, key, timeMs, value: { id, enterpriseId: key, type: 'PEN.NOTE', occurredAt, retracts: value.id } }]
  }
  const occurredAt = new Date(Date.parse(String(value.occurredAt)) + 10 * minute).toISOString()
  return [{ topic, key, timeMs, value: { ...value, occurredAt } }]
}
