/** The events of the latency benchmark: their pace, and which of them are grave. Sender and reader share it. */
import { dayMs } from '../../src/limits.ts'
import type { LogRecord } from '../../src/log/port.ts'
import { enterpriseIdOf } from '../market.ts'

export const perSecond = 12_000
export const graveEvery = 100

/** One of these lifts the band of an enterprise of grade D that has had two. */
export const graveType = 'SAF.ACCIDENT'
const graveBefore = 2

/** The enterprises at the end of the list have one paced event each, a grave one: by id, the number of that event. */
export function graveOf(enterprises: number, grave: number): Map<string, number> {
  return new Map(
    Array.from({ length: grave }, (_, at) => [enterpriseIdOf(enterprises - 1 - at), at * graveEvery] as const),
  )
}

/** What is known of such enterprises before: grade D, and grave events just short of the next band. */
export function graveHistory(ids: Iterable<string>, nowMs: number): { grades: LogRecord[]; events: LogRecord[] } {
  const history: { grades: LogRecord[]; events: LogRecord[] } = { grades: [], events: [] }
  for (const enterpriseId of ids) {
    const record = (text: string): LogRecord => ({
      offset: 0,
      timeMs: nowMs,
      key: enterpriseId,
      value: Buffer.from(text),
      headers: null,
    })
    history.grades.push(
      record(JSON.stringify({ enterpriseId, grade: 'D', effectiveAt: new Date(nowMs - dayMs).toISOString() })),
    )
    for (let number = 1; number <= graveBefore; number++)
      history.events.push(record(pacedEvent({ number: -number, enterpriseId, type: graveType, dueMs: nowMs })))
  }
  return history
}

/** The text of an event of 250 bytes, with the moment at which it is due as an attribute. */
export function pacedEvent(of: { number: number; enterpriseId: string; type: string; dueMs: number }): string {
  const event = {
    id: `paced-${of.number.toString(36).padStart(12, '0')}`,
    enterpriseId: of.enterpriseId,
    type: of.type,
    occurredAt: new Date(of.dueMs - 60_000).toISOString(),
    source: 'HOTLINE',
    attributes: { dueMs: of.dueMs },
  }
  const text = JSON.stringify({ ...event, note: '' })
  return JSON.stringify({ ...event, note: 'x'.repeat(Math.max(0, 250 - text.length)) })
}
