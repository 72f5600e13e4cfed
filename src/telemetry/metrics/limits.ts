/** Refusals because of a limit, by the name that it has in src/limits.ts. */
import type { Counter } from 'prom-client'
import { type ErrorCode, knownCode } from '../../errors.ts'

/** Codes that a limit stands behind, and its name in src/limits.ts. */
export const limitOf: Partial<Record<ErrorCode, string>> = {
  FW_RECORD_TOO_LARGE: 'recordParseBytesMax',
  FW_ROW_FULL: 'factsPerRowMax',
  FW_ARTIFACT_LIMIT: 'artifactsBytesMax',
  FW_COMMAND_LIMIT: 'changesAheadMax',
  FW_BODY_TOO_LARGE: 'bodyBytesMax',
  FW_HTTP_OVERLOADED: 'ingestRequestsMax',
  FW_HTTP_TIMEOUT: 'bodyPauseMs',
}

export function countLimit(limits: Counter<'limit'>, code: string, times: number): void {
  const known = knownCode(code)
  const limit = known === undefined ? undefined : limitOf[known]
  if (limit !== undefined) limits.inc({ limit }, times)
}
