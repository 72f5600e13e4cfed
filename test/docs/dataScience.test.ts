/** docs/data-science.md is run as it stands: every command, in order, in an empty folder. */
import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import { tempFolder } from '../ingest/support.ts'
import { mustRun } from '../kafka/java.ts'
import { describeIfAvailable } from '../support/available.ts'
import { longTestMsMax } from '../support/patience.ts'
import { science } from '../support/science.ts'
import { readPage, root } from './pages.ts'
import { programFolder } from './program.ts'

const page = readPage('docs/data-science.md')
const blocks = [...page.matchAll(/^```(sh|python)\n([\s\S]*?)^```/gm)].map(([, language, code]) => ({ language, code }))

test('the page has blocks to run in both languages', () => {
  expect(new Set(blocks.map(({ language }) => language))).toEqual(new Set(['sh', 'python']))
})

describeIfAvailable(await science.available(), 'docs/data-science.md', () => {
  test('every block runs, and leaves what the text says', { timeout: longTestMsMax }, async () => {
    const folder = await tempFolder()
    const program = await programFolder()
    const setup = 'cd "$1" && export PATH="$2:$PATH" REPOSITORY="$3" && set -eu\n'
    for (const [at, { language, code }] of blocks.entries()) {
      const file = path.join(folder, `block-${at}`)
      await writeFile(
        file,
        language === 'sh' ? setup + code : `import os\nos.chdir(${JSON.stringify(folder)})\n${code}`,
      )
      if (language === 'python') await science.run(file, '')
      else await mustRun('sh', [file, folder, program, root], { timeoutMs: longTestMsMax })
    }
    for (const made of ['scorecard/MODEL_CARD.md', 'trees/model.json', 'report.html', 'retrained/report.html'])
      expect(existsSync(path.join(folder, made)), made).toBe(true)
    const evaluation: unknown = JSON.parse(await readFile(path.join(folder, 'evaluation.json'), 'utf8'))
    expect(evaluation).toMatchObject({ gates: expect.any(Array), champion: expect.stringContaining('baseline') })
  })
})
