/** The README's table of errors is the registry. */
import { expect, test } from 'vitest'
import { detailsIn, errorCodes, errorRegistry, ForewarnError } from '../../src/errors.ts'
import { readPage } from './pages.ts'

const rows = [...readPage('README.md').matchAll(/^\| (FW_[A-Z_]+) \| (.*) \| (.*) \|$/gm)].map(
  ([, code, says, remedy]) => ({ code, says, remedy }),
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
  const main = readPage('src/main.ts')
  const { says, remedy } = errorRegistry.FW_NODE_VERSION
  for (const part of [...says.split('%s'), remedy]) expect(main).toContain(part)
})

test('the pages name no other code', () => {
  const known: readonly string[] = errorCodes
  for (const page of [
    'README.md',
    'ARCHITECTURE.md',
    'docs/fold.md',
    'docs/science.md',
    'docs/profiles.md',
    'bench/README.md',
  ]) {
    const named = readPage(page).match(/\bFW_[A-Z_]+\b/g) ?? []
    expect(
      named.filter((code) => !known.includes(code)),
      page,
    ).toEqual([])
  }
})
