/** Upgrade, backup, prune and restore, as an operator does them: of the log of an earlier version. */
import { stat } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import { expectError, tempFolder } from '../e2e/support.ts'
import { runCommandLine } from '../kafka/commandLine.ts'
import { placeOldLog } from '../support/oldLog.ts'

/** A command in this process: what it printed with --json. */
async function asked(args: readonly string[], stdin = ''): Promise<Record<string, unknown>> {
  const { code, out, err } = await runCommandLine([...args, '--json'], stdin)
  if (code !== 0) throw new Error(`${args.join(' ')}: ${err}`)
  return JSON.parse(out)
}

const keep = 'risk-events=20d,fates=1d,scores=1d,cell-parts=1d,ticks=20d'

test('a log is upgraded, backed up, pruned and restored', { timeout: 120_000 }, async () => {
  const folder = await placeOldLog(path.join(await tempFolder(), 'data'))
  const copy = path.join(await tempFolder(), 'copy')
  const log = ['--log', `embedded:${folder}`]

  expectError(await runCommandLine(['prune', '--keep', keep, ...log]), 'FW_PRUNE_REFUSED')
  const { tasks } = await asked(['upgrade', ...log])
  expect(tasks).toMatchObject([
    { task: 'enterprise-0', how: 'again', why: 'it was written by fold version 4' },
    { task: 'watch', how: 'again' },
  ])
  expect(await asked(['upgrade', '--yes', ...log])).toMatchObject({ upgraded: true })
  expect(await asked(['upgrade', ...log])).toMatchObject({ tasks: [{ how: 'nothing' }, { how: 'nothing' }] })

  expect(await asked(['backup', copy, ...log])).toMatchObject({ foldedThrough: '2026-10-02T07:50:12.000Z' })
  const digest = await asked(['digest', ...log])
  expect(await asked(['digest', '--log', `embedded:${copy}`])).toEqual(digest)

  const dry = await asked(['prune', '--keep', keep, ...log])
  expect(await asked(['digest', ...log])).toEqual(digest)
  const done = await asked(['prune', '--keep', keep, '--yes', ...log])
  expect(done.topics).toEqual(dry.topics)
  expect(Object(done.bytes).after).toBeLessThan(0.8 * Object(done.bytes).before)
  expect((await stat(path.join(folder, 'forewarn.sqlite'))).size).toBeLessThanOrEqual(Object(done.bytes).after)
  expectError(await runCommandLine(['explain', '91440101MA5CJQ4N59', '--at', '2026-09-20', ...log]), 'FW_OUT_OF_REACH')

  // Both go on alike, and what is known now is known in both.
  const events = {
    id: 'later',
    enterpriseId: '91440101MA5CJQ4N59',
    type: 'PEN.FINE',
    occurredAt: '2026-10-02T00:00:00Z',
  }
  for (const at of [folder, copy]) {
    const own = ['--log', `embedded:${at}`]
    await asked(['ingest', '--as', 'risk-events', '-', ...own], `${JSON.stringify(events)}\n`)
    expect(await asked(['run', '--until-end', '--log-level', 'error', ...own])).toMatchObject({ events: 1 })
  }
  const [pruned, whole] = await Promise.all(
    [folder, copy].map((at) => asked(['explain', '91440101MA5CJQ4N59', '--log', `embedded:${at}`])),
  )
  expect({ ...pruned, asOf: '', tick: '' }).toEqual({ ...whole, asOf: '', tick: '' })
})
