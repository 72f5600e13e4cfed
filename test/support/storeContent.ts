/** All rows of a read model, without numbers that hang on the order of reading: so two of one log can be compared. */
import type { Row, Store } from '../../src/readmodel/store.ts'

const ordered: readonly string[] = ['seq', 'no']
const left: readonly string[] = ['change', 'meta', 'sqlite_sequence']

export function contentOf(store: Store): Record<string, string[]> {
  const places = new Map(
    store
      .all('SELECT * FROM warning_count')
      .map(({ no, level, axis, statistic, region, industry }) => [
        no,
        [level, axis, statistic, region, industry].join('/'),
      ]),
  )
  const ids = new Map(store.all('SELECT no, id FROM enterprise').map((row) => [row.no, row.id]))
  const tables = store
    .all("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
    .map(({ name }) => String(name))
    .filter((name) => !left.includes(name) && !name.startsWith('enterprise_name'))
  return Object.fromEntries(
    tables.map((table) => [
      table,
      store
        .all(`SELECT * FROM ${table}`)
        .map((row) => lineOf(row, { ids, places }))
        .sort(),
    ]),
  )
}

type Named = { ids: ReadonlyMap<unknown, unknown>; places: ReadonlyMap<unknown, unknown> }

function lineOf(row: Row, { ids, places }: Named): string {
  return Object.entries(row)
    .filter(([column]) => !ordered.includes(column))
    .map(([column, value]) => {
      if (column === 'enterprise') return `${column}=${String(ids.get(value))}`
      if (column === 'counted') return `${column}=${String(places.get(value))}`
      return `${column}=${value instanceof Uint8Array ? Buffer.from(value).toString('hex') : String(value)}`
    })
    .join(' ')
}
