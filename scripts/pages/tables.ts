/** Which tables there are, and how they come into a page. */
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { apiTable } from './api.ts'
import { commandList, commandPages } from './commands.ts'
import { decisionList } from './decisions.ts'
import { errorTable, httpTable } from './errors.ts'
import { kafkaVariableTable, roleTable, topicTable } from './kafka.ts'
import { metricTable } from './metrics.ts'

const tables: Readonly<Record<string, () => string | Promise<string>>> = {
  api: apiTable,
  errors: errorTable,
  'http-errors': httpTable,
  'command-list': commandList,
  commands: commandPages,
  metrics: metricTable,
  'kafka-variables': kafkaVariableTable,
  topics: topicTable,
  roles: roleTable,
  decisions: decisionList,
}
export const tableNames: readonly string[] = Object.keys(tables)

const marked = /^<!-- ([\w-]+): written by npm run docs -->\n[\s\S]*?^<!-- end -->$/gm

/** The page with each of its tables as the code has it now. @throws Error for a mark that names no table, or one without an end. */
export async function withTables(page: string): Promise<string> {
  const names = tablesIn(page)
  const marks = page.match(/written by npm run docs -->$/gm) ?? []
  if (marks.length !== names.length) throw new Error('a table has no end')
  const texts = new Map<string, string>()
  for (const name of names) {
    if (!Object.hasOwn(tables, name)) throw new Error(`there is no table ${name}`)
    texts.set(name, await tables[name]())
  }
  return page.replace(
    marked,
    (_, name: string) => `<!-- ${name}: written by npm run docs -->\n\n${texts.get(name)}\n\n<!-- end -->`,
  )
}

export function tablesIn(page: string): string[] {
  return [...page.matchAll(marked)].map(([, name]) => name)
}

/** Pages that hold tables, by their path from the root. */
export function pagesWithTables(root: string): string[] {
  return readdirSync(path.join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => path.posix.join('docs', file.split(path.sep).join('/')))
    .filter((page) => tablesIn(readFileSync(path.join(root, page), 'utf8')).length > 0)
    .sort()
}
