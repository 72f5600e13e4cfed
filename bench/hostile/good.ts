/** The good records that are sent beside an attack: they follow from their number, so that whoever counts them need not be told. */
import { enterpriseIdOf } from '../market.ts'

const enterprises = 50
/** Numbers of enterprises from here on are the attackers'. */
export const hostileFrom = 1_000

export function goodRecord(number: number, startMs: number): { key: string; value: string } {
  const key = enterpriseIdOf(number % enterprises)
  const occurredAt = new Date(startMs).toISOString()
  return { key, value: JSON.stringify({ id: `good-${number}`, enterpriseId: key, type: 'CMP.COMPLAINT', occurredAt }) }
}
