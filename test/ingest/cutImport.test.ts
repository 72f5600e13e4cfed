/** Imports that were cut: which files they go on with, how they are ended, and what the log says until then. */

import { readFileSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { abandonImport } from '../../src/ingest/imports/abandonImport.ts'
import type { ImportOptions } from '../../src/ingest/imports/importOptions.ts'
import { Intake } from '../../src/ingest/intake.ts'
import type { Log } from '../../src/log/port.ts'
import { append, foldToEnd, memoryLog, readJson } from '../support/fold.ts'
import { tinyProfile } from '../support/tinyProfile.ts'
import { at, cutAfter, known, run } from './importSupport.ts'
import { event, fileOf, lines, recordsIn, tempFolder, textOf } from './support.ts'

type Files = ImportOptions['files']
const events = (name: string, from: number): object[] =>
  Array.from({ length: 100 }, (_, n) => known(`${name}${n}`, 'E1', from + Math.floor(n / 10), n % 10))

/** Two files of events that became known at the same times, and one of enterprises. */
async function market(folder: string): Promise<Files> {
  return [
    { topic: 'risk-events', file: await fileOf(folder, 'a.ndjson', lines(...events('a', 1))) },
    { topic: 'risk-events', file: await fileOf(folder, 'b.ndjson', lines(...events('b', 1))) },
    {
      topic: 'enterprises',
      file: await fileOf(folder, 'e.ndjson', lines({ id: 'E1', region: 'P1', industry: 'X1', knownAt: at(1) })),
    },
  ]
}

async function cut(files: Files, appends = 4): Promise<Log> {
  const log = await memoryLog(2)
  await expect(run(cutAfter(log, appends), files, { markRecords: 40 })).rejects.toThrow('cut')
  return log
}

async function told(log: Log): Promise<string[]> {
  const texts: string[] = []
  for (const topic of ['enterprises', 'risk-events'] as const)
    texts.push(...(await recordsIn(log, topic)).map((record) => `${record.timeMs} ${textOf(record)}`))
  return [...texts, ...(await recordsIn(log, 'commands')).map(textOf)]
}

test('files that were moved, renamed, packed and given in another order are the same', async () => {
  const folder = await tempFolder()
  const files = await market(folder)
  const whole = await memoryLog(2)
  await run(whole, files, { markRecords: 40 })
  const log = await cut(files)
  const [a, b, e] = files
  const packed = await fileOf(await tempFolder(), 'other.gz', gzipSync(readFileSync(a.file)))
  await rename(b.file, join(folder, 'a.ndjson'))
  const moved = join(folder, 'a.ndjson')
  const again: Files = [e, { ...b, file: moved }, { ...a, file: packed }]
  await run(log, again, { markRecords: 40, resume: true })
  expect(await told(log)).toEqual(await told(whole))
})

test('until it ends, whoever asks is told of what files it is', async () => {
  const files = await market(await tempFolder())
  const log = await cut(files)
  const open = { code: 'FW_IMPORT_OPEN', message: expect.stringContaining(`risk-events=${files[0].file} (`) }
  await expect(run(log, files)).rejects.toMatchObject(open)
  await expect(new Intake(log, { profile: tinyProfile }).checkNoImport()).rejects.toMatchObject(open)
})

test('other files than those of the open import are refused by name', async () => {
  const folder = await tempFolder()
  const files = await market(folder)
  const log = await cut(files)
  const before = await told(log)
  const [a, b, e] = files
  const changed = {
    ...b,
    file: await fileOf(folder, 'changed.ndjson', lines(...events('b', 1), known('new', 'E1', 20))),
  }
  const refused = async (given: Files, says: RegExp, more: Partial<ImportOptions> = {}): Promise<void> =>
    expect(run(log, given, { ...more, resume: true })).rejects.toMatchObject({
      code: 'FW_IMPORT_OTHER',
      message: expect.stringMatching(says),
    })
  await refused(
    [a, changed, e],
    /risk-events=\S*changed\.ndjson \([\d,]+ bytes\) does not have the text of risk-events=\S*b\.ndjson \(/,
  )
  await refused([a, e], /risk-events=\S*b\.ndjson \([\d,]+ bytes\) is missing\.$/)
  await refused([a, a, e], /a\.ndjson \([\d,]+ bytes\) does not have the text of risk-events=\S*b\.ndjson/)
  await refused([a, b, e, changed], /it has no risk-events=\S*changed\.ndjson/)
  await refused([a, b, { ...e, topic: 'risk-events' }], /enterprises=\S*e\.ndjson \([\d,]+ bytes\) is missing/)
  const twice = lines(...events('b', 1).map((one) => ({ ...one, seen: at(2) })))
  const other = { ...b, file: await fileOf(folder, 'seen.ndjson', twice) }
  const bySeen = await cut([other])
  await expect(run(bySeen, [other], { resume: true, field: 'seen' })).rejects.toThrow(
    'it was begun with --known-at knownAt',
  )
  const profile = { ...tinyProfile, hash: 'f'.repeat(64) }
  await refused(files, /it was begun with another profile, or the profile has changed since/, { profile })
  expect(await told(log)).toEqual(before)
  await run(log, files, { resume: true })
})

test('an import whose files are gone is ended as it is, and the log goes on', async () => {
  const folder = await tempFolder()
  const files = await market(folder)
  const log = await cut(files)
  await rm(files[1].file)
  await expect(run(log, files, { resume: true })).rejects.toMatchObject({ code: 'FW_USAGE' })
  const held = await told(log)
  const { throughMs, source } = await abandonImport(log)
  expect(source?.files.map(({ file }) => file)).toEqual(files.map(({ file }) => file))
  const records = await recordsIn(log, 'risk-events')
  expect(records.some(({ timeMs }) => timeMs > throughMs)).toBe(true) // behind the last mark
  const last = (await recordsIn(log, 'commands')).at(-1)
  expect(last?.timeMs).toBe(Math.max(...records.map(({ timeMs }) => timeMs)))
  expect((await told(log)).slice(0, -1)).toEqual(held)
  await expect(abandonImport(log)).rejects.toThrow('No import into this log is open.')
  await expect(run(log, files.slice(0, 1))).rejects.toMatchObject({ code: 'FW_IMPORT_BEHIND' })

  const live = Buffer.from(JSON.stringify(event('live', 'E1', at(2))))
  const entry = { line: 1, position: 0, value: live, knownAtMs: undefined, untimed: undefined, fault: undefined }
  expect(await new Intake(log, { profile: tinyProfile }).take('risk-events', [entry])).toMatchObject({ accepted: 1 })
  await foldToEnd(log, { profile: tinyProfile, model: null })
  const answers = await readJson(log, 'command-results')
  expect(answers).toHaveLength((await recordsIn(log, 'commands')).length)
  expect(answers.every((answer) => Object(answer).accepted === true)).toBe(true)
})

test('an import that an earlier version began, which wrote down no files, can be ended only', async () => {
  const log = await memoryLog()
  const begin = { id: 'import-0123456789abcdef-0', actor: 'forewarn ingest', kind: 'import.begin' }
  await append(log, [{ topic: 'commands', key: null, timeMs: 0, value: begin }])
  const files = await market(await tempFolder())
  await expect(run(log, files)).rejects.toMatchObject({ code: 'FW_IMPORT_OPEN' })
  await expect(run(log, files, { resume: true })).rejects.toMatchObject({ code: 'FW_IMPORT_OTHER' })
  await abandonImport(log)
  await run(log, files)
  expect((await recordsIn(log, 'commands')).map((record) => JSON.parse(textOf(record)).id).slice(0, 2)).toEqual([
    begin.id,
    'import-0123456789abcdef-1',
  ])
})
