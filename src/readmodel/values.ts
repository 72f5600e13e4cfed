/** What a column of a row holds. A row of another shape is a mistake of ours, and is told as one. */
import type { Row } from './store.ts'

export function numberIn(row: Row, column: string): number {
  const value = row[column]
  if (typeof value === 'number') return value
  throw new TypeError(`column ${column} of the read model holds no number`)
}

export function textIn(row: Row, column: string): string {
  const value = row[column]
  if (typeof value === 'string') return value
  throw new TypeError(`column ${column} of the read model holds no text`)
}

export function textOrNull(row: Row, column: string): string | null {
  return row[column] === null ? null : textIn(row, column)
}

export function numberOrNull(row: Row, column: string): number | null {
  return row[column] === null ? null : numberIn(row, column)
}
