/** Enterprises by id and name. */
import type { Model } from '../ask.ts'
import { questionHash, readCursor, writeCursor } from '../warnings.ts'
import { type EnterpriseRow, enterpriseRow } from './rows.ts'

/** By the beginning of an id, or a part of a name. */
export function searchEnterprises(
  { store }: Model,
  { q, limit, cursor }: { q: string; limit: number; cursor?: string | undefined },
): { rows: EnterpriseRow[]; next: string | null } {
  const of = questionHash({ q })
  const after = cursor === undefined ? '' : String(readCursor(cursor, of, 0)[0])
  const text = q.trim()
  // The index of names knows parts of three characters; a shorter part is looked for in every name.
  const byName =
    [...text].length >= 3 ? 'no IN (SELECT rowid FROM enterprise_name WHERE name MATCH ?)' : "name LIKE ? ESCAPE '\\'"
  const named = [...text].length >= 3 ? `"${text.replaceAll('"', '""')}"` : `%${text.replace(/[\\%_]/g, '\\$&')}%`
  const found =
    text === ''
      ? store.all('SELECT * FROM enterprise WHERE id > ? ORDER BY id LIMIT ?', after, limit + 1)
      : store.all(
          `SELECT * FROM enterprise WHERE (id BETWEEN ? AND ? OR ${byName}) AND id > ? ORDER BY id LIMIT ?`,
          ...[text.toUpperCase(), `${text.toUpperCase()}~`, named, after, limit + 1],
        )
  const rows = found.slice(0, limit).map(enterpriseRow)
  const last = found.length > limit ? rows.at(-1) : undefined
  return { rows, next: last === undefined ? null : writeCursor([last.id], of) }
}
