/** A market from files to digests, each step a process of its own, as docs/warnings.md walks through it. */
import path from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { warningTopics } from '../../streams/topics.ts'
import { copyOf, outcomeOf } from '../kill/history.ts'
import { forewarn, forewarnJson } from './forewarn.ts'
import { accountOf, expectCalm, jsonLines, sumOf, tempFolder } from './support.ts'

const verifiedMax = 5 // each reads the whole archive
const fold = ['--until-end', '--log-level', 'warn'] as const

let folder: string
let first: string
let second: string
let imported: Record<string, unknown>
let totals: Record<string, unknown>
let totalsAgain: Record<string, unknown>

async function run(log: string, more: readonly string[] = []): Promise<Record<string, unknown>> {
  const { code, out, err } = await forewarn(['run', '--log', `embedded:${log}`, ...fold, ...more, '--json'])
  expect(code).toBe(0)
  expectCalm(err)
  return JSON.parse(out)
}

beforeAll(async () => {
  folder = await tempFolder()
  first = path.join(folder, 'first')
  const market = path.join(folder, 'market')
  await forewarnJson(['simulate', '--out', market, '--enterprises', '3000', '--days', '36', '--seed', '2'])
  const files = ['enterprises', 'credit-grades', 'risk-events'].map((kind) => `${kind}=${market}/${kind}.ndjson`)
  imported = await forewarnJson(['ingest', '--log', `embedded:${first}`, '--known-at', 'knownAt', ...files])
  second = await copyOf(first, path.join(folder, 'second'))
  const often = ['--checkpoint-every', '0.2']
  ;[totals, totalsAgain] = await Promise.all([run(first), run(second, often)])
})

test('every record of the import has one fate, on the page as in the log', async () => {
  const account = await accountOf(first)
  expect(account.records).toBe(sumOf(imported.records))
  expect(totals.events).toBe(account.records)
  expect(sumOf(totals.fates)).toBe(account.records)
  expect(account.commands).toBeGreaterThan(0)
  expect(account.rows).toBe(account.records + account.commands)
  expect(await outcomeOf(first)).toMatchObject({ records: account.rows, wrong: [] })
})

test('the same history says the same, however often checkpoints are written', async () => {
  expect({ ...totalsAgain, seconds: 0 }).toEqual({ ...totals, seconds: 0 })
  const digests = [first, second].map((log) => forewarnJson(['digest', '--log', `embedded:${log}`]))
  const [one, other] = await Promise.all(digests)
  expect(one).toEqual(other)
  expect(one.ticks).toMatchObject({ hash: expect.stringMatching(/^(?!0+$)[0-9a-f]{64}$/) })
})

test('a log that is folded already is left as it is', async () => {
  const before = await forewarnJson(['digest', '--log', `embedded:${first}`])
  expect(await run(first)).toMatchObject({ events: 0, scores: 0 })
  expect(await forewarnJson(['digest', '--log', `embedded:${first}`])).toEqual(before)
})

test('each warning can be judged again', async () => {
  const ids = new Set<unknown>()
  for (const topic of Object.values(warningTopics)) {
    for (const { value } of await jsonLines(['tail', topic, '--log', `embedded:${first}`, '--from', '0']))
      ids.add(Object(value).id)
  }
  expect(ids.size).toBe(Object.values(Object(totals.warnings)).reduce((sum: number, one) => sum + sumOf(one), 0))
  expect(ids.size).toBeGreaterThan(0)
  const some = [...ids].slice(0, verifiedMax)
  const judged = await Promise.all(some.map((id) => forewarnJson(['verify', String(id), '--log', `embedded:${first}`])))
  for (const [at, verified] of judged.entries()) {
    const id = some[at]
    expect(verified).toMatchObject({ id, agrees: true })
    expect(verified.changes).toContainEqual(
      expect.objectContaining({ change: 'raised', agrees: true, differences: [] }),
    )
  }
})

test('tail shows the last scores', async () => {
  const scores = await jsonLines(['tail', 'scores', '--log', `embedded:${first}`, '--last', '5'])
  expect(scores).toHaveLength(5)
  for (const { value } of scores)
    expect(value).toMatchObject({ enterpriseId: expect.any(String), probability: expect.any(Number) })
})

test('dead letters are those that the totals count, with their codes', async () => {
  const letters = await jsonLines(['dead-letters', 'list', '--log', `embedded:${first}`, '--limit', '100000'])
  const { dead, conflict } = Object(totals.fates)
  expect(letters).toHaveLength(dead + conflict)
  for (const { headers } of letters) expect(Object(headers)['error-code']).toMatch(/^FW_/)
})

test('doctor finds nothing wrong', async () => {
  const { code, out, err } = await forewarn(['doctor', '--log', `embedded:${first}`, '--json'])
  expect({ code, err }).toEqual({ code: 0, err: '' })
  const checks: { verdict: string }[] = JSON.parse(out)
  expect(checks.filter(({ verdict }) => verdict === 'fail')).toEqual([])
  expect(checks.length).toBeGreaterThan(5)
})
