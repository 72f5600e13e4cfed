/** The project speaks of itself alone: no workplace, no numbers of a tracker, no hosts of registries. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { root, trackedFiles } from './pages.ts'

const tracked = trackedFiles()

const forbidden = [
  { what: 'an absolute path of a workplace', pattern: /(?<![\w.])\/(work|home|root|Users)\/\w/ },
  { what: 'a number of a tracker', pattern: /\bissue #?\d/i },
  {
    what: 'the host of a registry',
    pattern: /\bregistry\.[\w-]+\.[a-z]{2,}\b|\b(artif[a]ctory|npmm[i]rror|verd[a]ccio)\b/i,
  },
  { what: 'a mark of a merge that was not finished', pattern: /^(<{7}|>{7}) /m },
  {
    what: 'a page that is not in the project',
    pattern: /\b(FOLD|DESIGN|SCIENCE|STYLE|DATA|PEERS|KAFKA)\.md\b|\bSCIENCE section/,
  },
] as const

/** Where real data may lie beside the project; a test or benchmark that does not find them is skipped. */
const besideAllowed = /^(test|bench)\//

describe.skipIf(tracked === undefined)('tracked files', () => {
  const files = (tracked ?? []).map((file) => ({ file, text: readFileSync(path.join(root, file), 'utf8') }))

  test.each(forbidden)('do not hold $what', ({ pattern }) => {
    const found = files.flatMap(({ file, text }) => {
      const match = pattern.exec(text)
      return match === null ? [] : [`${file}: ${match[0]}`]
    })
    expect(found).toEqual([])
  })

  test('look beside the project for data of tests and benchmarks only', () => {
    expect(
      files
        .filter(({ file, text }) => !besideAllowed.test(file) && /\.\.\/shared\b/.test(text))
        .map(({ file }) => file),
    ).toEqual([])
  })

  test('the lock file says nothing of where packages came from', () => {
    const lock = files.find(({ file }) => file === 'package-lock.json')
    expect(lock?.text).toContain('"integrity"')
    expect(lock?.text).not.toContain('"resolved"')
  })
})
