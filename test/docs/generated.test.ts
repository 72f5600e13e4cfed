/** What the pages say of errors, commands, metrics, topics, rights and decisions is what the code says: `npm run docs` writes it. */
import { expect, test } from 'vitest'
import { pagesWithTables, tableNames, tablesIn, withTables } from '../../scripts/pages/tables.ts'
import { readPage, root } from './pages.ts'

const pages = pagesWithTables(root)

test.each(pages)('%s is as `npm run docs` writes it', async (page) => {
  const text = readPage(page)
  expect(text, 'run `npm run docs`').toBe(await withTables(text))
})

test('every table stands on one page', () => {
  expect(pages.flatMap((page) => tablesIn(readPage(page))).sort()).toEqual([...tableNames].sort())
})

test('a mark that names no table, or has no end, is refused', async () => {
  await expect(withTables('<!-- nothing: written by npm run docs -->\n<!-- end -->')).rejects.toThrow(
    'no table nothing',
  )
  await expect(withTables('<!-- errors: written by npm run docs -->\n')).rejects.toThrow('no end')
})

test('what was changed by hand is written over', async () => {
  const page = readPage('docs/errors.md')
  const changed = page.replace('| FW_INTERNAL |', '| FW_EXTERNAL |')
  expect(changed).not.toBe(page)
  expect(await withTables(changed)).toBe(page)
})
