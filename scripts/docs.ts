/**
 * `npm run docs`: writes what the pages say of errors, commands, metrics, rights and decisions, out of the code that holds it. On a page
 * it stands between `<!-- NAME: written by npm run docs -->` and `<!-- end -->`; all else is written by hand.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { writeContracts } from '../src/cli/contracts.ts'
import { pagesWithTables, withTables } from './pages/tables.ts'

const root = path.resolve(import.meta.dirname, '..')

for (const page of pagesWithTables(root)) {
  const file = path.join(root, page)
  const before = readFileSync(file, 'utf8')
  const after = await withTables(before)
  if (after === before) continue
  writeFileSync(file, after)
  console.log(`${page}: written`)
}

await writeContracts(path.join(root, 'docs', 'contracts'))
