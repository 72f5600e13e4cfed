/** The id of an event that the fold has kept: its record is one of the contract. */
import { RiskEvent } from '../../../streams/contracts.ts'
import { jsonOf } from '../../json.ts'
import type { LogRecord } from '../../log/port.ts'

const HasId = RiskEvent.pick({ id: true })

export function eventIdOf({ value }: LogRecord): string {
  return HasId.parse(jsonOf(value)).id
}
