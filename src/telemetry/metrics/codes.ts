/** The codes and other labels that counters may ever show: each has its series from the start. */
import type { Counter } from 'prom-client'
import { fates, levels } from '../../../streams/outputs.ts'
import type { Profile } from '../../../streams/profile.ts'
import { type ErrorCode, errorCodes, errorRegistry } from '../../errors.ts'
import type { Counters } from './counters.ts'
import { limitOf } from './limits.ts'

/** Of records that die. */
const deadCodes: readonly ErrorCode[] = [
  'FW_RECORD_NOT_JSON',
  'FW_RECORD_TOO_LARGE',
  'FW_RECORD_INVALID',
  'FW_RECORD_UNREADABLE',
  'FW_MISROUTED',
  'FW_ENTERPRISE_ID',
  'FW_EVENT_UNKNOWN_TYPE',
  'FW_EVENT_TOO_OLD',
  'FW_EVENT_FUTURE',
  'FW_EVENT_CONFLICT',
  'FW_ROW_FULL',
  'FW_GRADE_UNKNOWN',
  'FW_KNOWN_AT',
  'FW_ARTIFACT_LIMIT',
]
/** Of commands. */
const commandCodes = errorCodes.filter((code) => /^FW_(MODEL|PROFILE|COMMAND)_/.test(code))
const commitCodes: readonly ErrorCode[] = ['FW_LOG_FULL']
const lossCodes: readonly ErrorCode[] = ['FW_TASK_FENCED', 'FW_LOG_UNAVAILABLE', 'FW_KAFKA_REFUSED']
const requestCodes = errorCodes.filter((code) => errorRegistry[code].status !== undefined)
const flags = ['checkDigit', 'unknownRegion', 'unknownIndustry', 'unknownSource', 'unknownStatus'] as const

/** Codes of `forewarn_tasks_lost_total` from the start. */
export const beginLosses = (lost: Counter<'code'>): void => begin(lost, lossCodes)

/** Series at 0: the first of what they count is an increase then. */
export function beginCounters(counters: Counters, profile: Profile): void {
  begin(counters.records, fates)
  begin(counters.dead, deadCodes)
  begin(counters.flags, flags)
  begin(counters.refusals, commandCodes)
  begin(counters.commitsRefused, commitCodes)
  begin(counters.requestsRefused, requestCodes)
  begin(counters.limits, Object.values(limitOf))
  begin(counters.drifts, ['score', 'feature'])
  begin(counters.silences, profile.sources)
  for (const axis of ['industry', 'region', 'cell'])
    for (const level of levels) counters.warnings.inc({ axis, level }, 0)
}

/** Of a counter with one label. */
function begin(counter: Counter, values: readonly string[]): void {
  for (const value of values) counter.labels(value).inc(0)
}
