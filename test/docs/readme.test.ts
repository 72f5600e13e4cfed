/** What the README promises holds: its size, its two commands, and the lines for data of one's own, which are run as they stand. */
import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { KiB } from '../../src/limits.ts'
import { forewarn } from '../e2e/forewarn.ts'
import { freePort, ready, start, tempFolder } from '../e2e/support.ts'
import { blocksOf, readPage, root } from './pages.ts'

const page = readPage('README.md')

/** Lines of the first block after a heading that begins with `word`, without comments. */
function linesUnder(heading: string, word: string): string[] {
  const [, section = ''] = page.split(`\n## ${heading}\n`)
  const block = blocksOf(section).find((one) => one.startsWith(word)) ?? ''
  return block.trimEnd().split('\n')
}

const withoutRemark = (line: string): string => line.replace(/ +#.*$/, '')

test.each([
  { of: 'README.md', kib: 12 },
  { of: 'ARCHITECTURE.md', kib: 15 },
])('a busy person reads $of to its end', ({ of, kib }) => {
  expect(Buffer.byteLength(readPage(of))).toBeLessThanOrEqual(kib * KiB)
})

test('its two commands are there, and CI runs the second', () => {
  const Package = z.object({ scripts: z.object({ start: z.string(), test: z.string() }) })
  expect(Package.safeParse(JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'))).success).toBe(true)
  expect(linesUnder('Two commands', 'npm ci && npm start')).toHaveLength(1)
  expect(page).toContain('```sh\nnpm ci && npm test\n```')
  const ci = readFileSync(path.join(root, '.ci/run'), 'utf8')
  expect(ci).toMatch(/^npm ci\b/m)
  expect(ci).toMatch(/^npm test\b/m)
})

test('its five lines for own data end with the score of the enterprise', async () => {
  const folder = await tempFolder()
  const records = linesUnder('Your own data, in five lines', '{')
  const [run, ...lines] = linesUnder('Your own data, in five lines', 'forewarn ').map(withoutRemark)
  expect(lines).toHaveLength(4)
  for (const [at, file] of ['enterprises.ndjson', 'grades.ndjson', 'events.ndjson'].entries())
    await writeFile(path.join(folder, file), `${records[at]}\n`)
  expect(run).toBe('forewarn run')
  const http = `127.0.0.1:${await freePort()}` // the usual one may be taken on this machine
  start(['run', '--log', `embedded:${path.join(folder, 'forewarn-data')}`, '--http', http])
  await ready(`http://${http}`)
  for (const line of lines.slice(0, -1)) {
    const { code, out, err } = await forewarn(line.split(' ').slice(1), '', folder)
    expect(code, err).toBe(0)
    expect(out).toMatch(/^Took 1 [\w-]+ and refused 0/)
  }
  const explain = lines[lines.length - 1].split(' ').slice(1)
  await expect
    .poll(async () => (await forewarn(explain, '', folder)).out)
    .toMatch(new RegExp(`^${explain[1]} at .*probability 0\\.\\d+`))
})

test('its lines for Kafka are ten', () => {
  expect(linesUnder('Kafka, in ten lines', 'LOG=')).toHaveLength(10)
})
