/** The table of errors is the registry. */
import { expect, test } from 'vitest'
import { detailsIn, errorCodes, errorRegistry, ForewarnError } from '../../src/errors.ts'
import { pages, readPage } from './pages.ts'

const asText = (cell: string): string => cell.replace(/\\([<*|])/g, '$1')
const rows = [...readPage('docs/errors.md').matchAll(/^\| (FW_[A-Z_]+) \| (\d{3})? \| (.*) \| (.*) \|$/gm)].map(
  ([, code, status, says, remedy]) => ({
    code,
    ...(status === undefined ? {} : { status: Number(status) }),
    says: asText(says),
    remedy: asText(remedy),
  }),
)

test('every error has its row, once, in the order of the registry', () => {
  expect(rows.map(({ code }) => code)).toEqual(errorCodes)
})

test.each(errorCodes)('%s reads as in the registry', (code) => {
  expect(rows.find((row) => row.code === code)).toEqual({ code, ...errorRegistry[code] })
})

test.each(errorCodes)('the particulars of %s can be read off its message', (code) => {
  const details = ['one', '2: two (three)', 'a. b'].slice(0, errorRegistry[code].says.split('%s').length - 1)
  expect(detailsIn(code, new ForewarnError(code, details).message)).toEqual(details)
  expect(detailsIn(code, 'Something else.')).toEqual(code === 'FW_USAGE' ? ['Something else.'] : undefined)
})

test('what an older Node is told, before anything else is loaded, reads as in the registry', () => {
  const page = readPage('src/oldNode.js')
  const { says, remedy } = errorRegistry.FW_NODE_VERSION
  for (const part of [...says.split('%s'), remedy]) expect(page).toContain(part)
})

test.each(pages)('%s names no other code', (page) => {
  const known: readonly string[] = errorCodes
  const named = readPage(page).match(/\bFW_[A-Z_]+\b/g) ?? []
  expect(named.filter((code) => !known.includes(code))).toEqual([])
})
