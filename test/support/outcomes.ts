/** Labels straight from the records: which fines were kept, not taken back, and when they became known. */
import { hourOf } from '../../models/facts.ts'
import { RiskEvent } from '../../streams/contracts.ts'
import type { Profile } from '../../streams/profile.ts'
import type { TestRecord } from './fold.ts'

/** 1 where a fine occurred within so many days after the end of a tick, and was known by their end and the delay. */
export function finesWithin(
  records: readonly TestRecord[],
  { calendar }: Profile,
  within: { days: number; delayDays: number },
): (id: string, tick: number) => 0 | 1 {
  const events = records.flatMap(({ topic, value, timeMs }) => {
    const event = topic === 'risk-events' ? RiskEvent.safeParse(value).data : undefined
    return event === undefined ? [] : [{ event, timeMs }]
  })
  const gone = new Set(
    events.flatMap(({ event }) => (event.retracts === undefined ? [] : [`${event.enterpriseId} ${event.retracts}`])),
  )
  const fines = events.filter(
    ({ event }) => event.type === 'PEN.FINE' && !gone.has(`${event.enterpriseId} ${event.id}`),
  )
  return (id, tick) => {
    const asOf = hourOf(calendar.endMs(tick))
    const isIn = fines.some(({ event, timeMs }) => {
      const hour = hourOf(Date.parse(event.occurredAt))
      return (
        event.enterpriseId === id &&
        hour >= asOf &&
        hour < asOf + within.days * 24 &&
        calendar.tickOf(timeMs) <= tick + within.days + within.delayDays
      )
    })
    return isIn ? 1 : 0
  }
}
