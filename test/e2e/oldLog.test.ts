/** A log that an earlier version has written: it opens, says what it said, and goes on. */
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import { oldDigest, placeOldLog } from '../support/oldLog.ts'
import { forewarn, forewarnJson } from './forewarn.ts'
import { accountOf, expectCalm, expectError, jsonLines, start, tempFolder } from './support.ts'

/** Of a topic that there was not. */
const nothing = { hash: '0'.repeat(64), records: 0 }
const since = { contributions: nothing, contradictions: nothing, 'risk-levels': nothing, 'cluster-warnings': nothing }

test('a log of foldVersion 4 says what it said, and goes on', async () => {
  const folder = await placeOldLog(path.join(await tempFolder(), 'data'))
  const log = ['--log', `embedded:${folder}`]
  expect(await forewarnJson(['digest', ...log])).toEqual({ ...(await oldDigest()), ...since })
  const warnings = await jsonLines(['tail', 'region-warnings', ...log])
  expect(warnings.at(-1)).toMatchObject({ value: { id: 'region.440000.2026-09-16', level: 'orange', foldVersion: 4 } })

  // With the regions that it was begun with: what it warned of then is judged the same.
  expect(await forewarnJson(['verify', 'region.440000.2026-09-16', ...log])).toMatchObject({ agrees: true })

  const before = await accountOf(folder)
  const events = path.join(folder, 'events.ndjson')
  const event = {
    id: 'later',
    enterpriseId: '91440101MA5CJQ4N59',
    type: 'PEN.FINE',
    occurredAt: new Date().toISOString(), // a later one is stale
  }
  await writeFile(events, `${JSON.stringify(event)}\n`)
  expect(await forewarnJson(['ingest', '--as', 'risk-events', events, ...log])).toMatchObject({ accepted: 1 })
  const run = start(['run', ...log, '--until-end', '--http', '127.0.0.1:0', '--json'])
  const at = String((await run.line('Serving')).address)
  expect((await fetch(`${at}/livez`)).ok).toBe(true) // it serves while it folds
  const { code, out, err } = await run.ended
  expectCalm(err)
  for (const line of err.trimEnd().split('\n'))
    expect(JSON.parse(line)).toMatchObject({ pid: run.pid, level: expect.any(String) })
  expect(code).toBe(0)
  expect(JSON.parse(out)).toMatchObject({ events: 1, fates: { applied: 1 } })
  const after = await accountOf(folder)
  expect(after.records).toBe(before.records + 1)
  expect(after.rows).toBe(before.rows + 2) // the event, and the activation of this version
})

test('a pruned log of foldVersion 5 says what it said, and no more than it can', async () => {
  const folder = await placeOldLog(path.join(await tempFolder(), 'data'), 'foldVersion5Pruned')
  const log = ['--log', `embedded:${folder}`]
  expect(await forewarnJson(['digest', ...log])).toEqual(await oldDigest('foldVersion5Pruned'))
  expectError(await forewarn(['explain', '91441481MA5000000C', '--at', '2026-11-20', ...log]), 'FW_OUT_OF_REACH')
})
