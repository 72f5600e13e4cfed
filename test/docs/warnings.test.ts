/** The market of docs/warnings.md is made, folded and checked as the page says, and what the page shows of it is what comes out. */
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { tempFolder } from '../ingest/support.ts'
import { mustRun } from '../kafka/java.ts'
import { longTestMsMax } from '../support/patience.ts'
import { blocksOf, readPage } from './pages.ts'
import { programFolder } from './program.ts'

const page = readPage('docs/warnings.md')
const [, section = ''] = page.split('\n## A market in files, from start to finish\n')
const [commands, shown] = blocksOf(section)
const [example] = blocksOf(page.split('\n## Every field\n')[1] ?? '')

const Record = z.looseObject({ id: z.string(), level: z.string(), profile: z.string(), model: z.string() })

/** Without how long it took. */
const steady = (line: string): string => line.replace(/ in [\d.]+ s$/, '')

test('the market of the page, from start to finish', { timeout: longTestMsMax }, async () => {
  const folder = await tempFolder()
  const script = path.join(folder, 'script')
  const all = 'forewarn tail region-warnings --log embedded:data --json --last 1000'
  await writeFile(script, `cd "$1" && export PATH="$2:$PATH" && set -eu\n${commands}\n${all}\n`)
  const lines = (await mustRun('sh', [script, folder, await programFolder()], { timeoutMs: longTestMsMax })).split('\n')
  const said = new Set(lines.map(steady))
  for (const line of shown.split('\n').filter((one) => one !== '')) expect(said).toContain(steady(line))

  const { profile, model, ...fields } = Record.parse(JSON.parse(example))
  const records = lines
    .filter((line) => line.startsWith('{'))
    .map((line) => Record.parse(Object(JSON.parse(line)).value))
  const found = records.find((one) => one.id === fields.id && one.level === fields.level)
  expect(found).toMatchObject(fields)
  expect(found?.profile.startsWith(profile.replace('...', ''))).toBe(true)
  expect(found?.model.startsWith(model.replace('...', ''))).toBe(true)
})
