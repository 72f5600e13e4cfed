/** `forewarn demo` as a script would call it. */
import { readdir } from 'node:fs/promises'
import { afterAll, expect, test, vi } from 'vitest'
import { forewarn } from './forewarn.ts'
import { sumOf, tempFolder } from './support.ts'

afterAll(() => {
  vi.unstubAllEnvs()
})

test('a demo to the end prints one object and leaves nothing behind', async () => {
  const temporary = await tempFolder()
  vi.stubEnv('TMPDIR', temporary)
  const { code, out, err } = await forewarn(['demo', '--days', '21', '--exit', '--json'])
  expect({ code, err }).toEqual({ code: 0, err: '' })
  expect(out).toMatch(/^[^\n]+\n$/)
  const said: Record<string, unknown> = JSON.parse(out)
  const keys = ['events', 'enterprises', 'fates', 'scores', 'alerts', 'warnings', 'outbreaks', 'seconds']
  expect(Object.keys(said).sort()).toEqual(keys.sort())
  expect(said.events).toBeGreaterThan(10_000) // each enterprise is registered once
  expect(said.enterprises).toBeGreaterThanOrEqual(10_000)
  expect(sumOf(said.fates)).toBe(said.events)
  expect(Object.keys(Object(said.warnings)).sort()).toEqual(['cell', 'industry', 'region'])
  const whole = expect.toSatisfy((count: unknown) => Number.isInteger(count) && Number(count) >= 0)
  expect(said).toMatchObject({ scores: whole, alerts: whole, seconds: expect.any(Number) })
  // Right after the history comes an outbreak that nobody misses. Its industry nation-wide and its region rise by it and by nothing else.
  expect(said.outbreaks).toEqual({ injected: 1, found: 1, underWay: 0, raisedBeside: 0, raisedOutside: 0 })
  expect(await readdir(temporary)).toEqual([])
})
