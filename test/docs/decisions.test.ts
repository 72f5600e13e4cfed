/** Decisions are records: each with a number of its own, dated, with its context, what was decided, and the price. */
import { expect, test } from 'vitest'
import { pages, readPage } from './pages.ts'

const records = pages.filter((page) => /^docs\/decisions\/\d/.test(page))

test('each has a number of its own', () => {
  const numbers = records.map((page) => /\/(\d{4})-[a-z0-9-]+\.md$/.exec(page)?.[1])
  expect(numbers).not.toContain(undefined)
  expect(numbers.length).toBeGreaterThan(50)
  expect(numbers.filter((number, at) => numbers.indexOf(number) !== at)).toEqual([])
})

test.each(records)('%s has a title, a date, a context, a decision and a price', (page) => {
  const text = readPage(page)
  expect(text).toMatch(new RegExp(`^# ${/\d{4}/.exec(page)?.[0]} .+\n\n\\d{4}-\\d{2}-\\d{2}\\b`))
  const parts = [...text.matchAll(/^\*\*(\w+)\.\*\* \S/gm)].map(([, part]) => part)
  expect(parts).toEqual(['Context', 'Decision', 'Price'])
})
