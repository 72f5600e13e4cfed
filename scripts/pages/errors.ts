/** The errors: all of them, and those that a server answers with. */

import { type ErrorCode, errorCodes, errorRegistry } from '../../src/errors.ts'
import { plain, table } from './markdown.ts'

const says = (code: ErrorCode): string[] => [plain(errorRegistry[code].says), plain(errorRegistry[code].remedy)]

export function errorTable(): string {
  return table(
    ['code', 'HTTP', 'what it says', 'what to do'],
    errorCodes.map((code) => [code, String(errorRegistry[code].status ?? ''), ...says(code)]),
  )
}

export function httpTable(): string {
  const answered = errorCodes.flatMap((code) => {
    const status = errorRegistry[code].status
    return status === undefined ? [] : [{ code, status }]
  })
  return table(
    ['status', 'code', 'what it says', 'what to do'],
    answered.toSorted((a, b) => a.status - b.status).map(({ code, status }) => [String(status), code, ...says(code)]),
  )
}
