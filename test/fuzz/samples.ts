/** Good records of the tiny profile, in all forms that the contracts know. */

import type { Sfc32 } from '../../streams/sfc32.ts'
import type { RecordTopic } from '../../streams/topics.ts'

export type RecordSample = { topic: RecordTopic; value: Record<string, unknown> }

const times = [
  '2026-03-01T09:15:00.250Z',
  '2026-02-28T23:59:59Z',
  '2026-03-01T17:15:00+08:00',
  '2024-02-29T00:00:00.000Z',
]
const eventIds = ['e-1', 'e 2', '事件-3', '__proto__', 'constructor', `x${'y'.repeat(100)}`]

export function recordSample(random: Sfc32): RecordSample {
  const pick = <T>(list: readonly T[]): T => list[random.int(list.length)]
  const maybe = (name: string, value: unknown): object => (random.int(2) === 0 ? {} : { [name]: value })
  const enterpriseId = `E${1 + random.int(5)}`
  const kind = random.int(6)
  if (kind === 0)
    return {
      topic: 'enterprises',
      value: {
        id: enterpriseId,
        region: pick(regions),
        industry: pick(industries),
        ...maybe('name', '某某'),
        ...maybe('status', 'closed'),
      },
    }
  if (kind === 1)
    return {
      topic: 'credit-grades',
      value: { enterpriseId, grade: pick(['A', 'B', 'C', 'D']), effectiveAt: pick(times), ...maybe('score', 612.5) },
    }
  return {
    topic: 'risk-events',
    value: {
      id: pick(eventIds),
      enterpriseId,
      type: pick(['CMP.COMPLAINT', 'PEN.FINE', 'PEN.NOTE']),
      occurredAt: pick(times),
      ...maybe('severity', 1 + random.int(5)),
      ...maybe('amount', pick([0, 12.5, 1e6, 1e15])),
      ...maybe('source', pick(['hotline', 'court'])),
      ...maybe('region', pick(regions)),
      ...maybe('industry', pick(industries)),
      ...maybe('retracts', 'e-0'),
      ...maybe('attributes', { area: random.int(100) / 4, case: '4514-2026', urgent: true }),
      ...maybe('note', 'a "quoted" note'),
    },
  }
}

const regions = ['P', 'Q', 'P1', 'P2']
const industries = ['X', 'Y', 'X1', 'X2', 'Y1']
