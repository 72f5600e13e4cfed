/** Code tables as files: CSV of public sources in, CSV of a profile out. */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parse } from 'csv-parse/sync'
import { z } from 'zod'

const profiles = new URL('../streams/profiles/', import.meta.url)

export type Row = { code: string; parent: string; zh?: string | undefined; en?: string | undefined }
/** A code that is no node: its records count at another. `since`: the year in which it was dropped, if it ever was in use. */
export type Alias = { code: string; countsAt: string; zh: string; since?: string }

const CsvRows = z.array(z.record(z.string(), z.string()))

/** A table of names that is kept here. */
export const namesFile = (name: string): string => fileURLToPath(new URL(`names/${name}`, import.meta.url))

/** English names by code. */
export function namesIn(name: string): Readonly<Record<string, string>> {
  return Object.fromEntries(readCsv(namesFile(name)).map(({ code, name_en: en }) => [code, en]))
}

export function readCsv(file: string): Record<string, string>[] {
  return CsvRows.parse(parse(readFileSync(file), { columns: true, bom: true }))
}

/** Every code above the ones it contains, by the path from the root; codes that count at another come after them. */
export function writeTable(
  file: string,
  languages: readonly ('zh' | 'en')[],
  rows: readonly Row[],
  aliases: readonly Alias[] = [],
): void {
  const parentOf = new Map(rows.map((row) => [row.code, row.parent]))
  if (parentOf.size !== rows.length) throw new Error(`${file}: a code stands twice`)
  const path = (code: string): string => {
    const parent = parentOf.get(code)
    if (parent === undefined) throw new Error(`${file}: there is no code ${code}`)
    return parent === '' ? code : `${path(parent)}/${code}`
  }
  const sorted = rows.map((row) => ({ row, path: path(row.code) })).sort((a, b) => (a.path < b.path ? -1 : 1))
  const named = (row: Pick<Row, 'zh' | 'en'>): string[] => languages.map((language) => row[language] ?? '')
  const lines = [
    ['code', 'parent', ...languages.map((language) => `name_${language}`), 'counts_at', 'since'],
    ...sorted.map(({ row }) => [row.code, row.parent, ...named(row), '', '']),
    ...aliases
      .toSorted((a, b) => (a.code < b.code ? -1 : 1))
      .map((alias) => [alias.code, '', ...named(alias), alias.countsAt, alias.since ?? '']),
  ]
  const columns = aliases.length > 0 ? undefined : -2 // a table without such codes has no columns for them
  const text = lines.map((cells) => `${cells.slice(0, columns).map(quoted).join(',')}\n`).join('')
  writeFileSync(new URL(file, profiles), text)
  console.log(`${file}: ${rows.length} codes, and ${aliases.length} that count at another`)
}

const quoted = (cell: string): string => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)
