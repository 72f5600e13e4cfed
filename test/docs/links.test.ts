/** What the pages link to, name and tell people to type is there. */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { blocksOf, inlineCodes, pages, proseOf, readPage, root } from './pages.ts'

const main = path.join(root, 'src/main.ts')
const helps = new Map<string, string>()

/** Commands that have commands of their own. */
const parents = ['dead-letters', 'models', 'topics']

/** What `forewarn COMMAND --help` prints; asked once. */
function help(command = ''): string {
  const known = helps.get(command)
  if (known !== undefined) return known
  const args = [
    '--disable-warning=ExperimentalWarning',
    main,
    ...command.split(' ').filter((word) => word !== ''),
    '--help',
  ]
  const text = execFileSync(process.execPath, args, { encoding: 'utf8' })
  helps.set(command, text)
  return text
}

const commands = [...help().matchAll(/^ {2}([a-z][a-z-]*)(?= |$)/gm)].map(([, name]) => name)

const Scripts = z.object({ scripts: z.record(z.string(), z.string()) })
const { scripts } = Scripts.parse(JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')))

/** `../test/x.ts`, `src/fold/task.ts`: a path with a file name. Addresses, globs and files that a page itself makes are none of ours. */
function namedFiles(text: string): string[] {
  const made = new Set([...text.matchAll(/\*\*`([^`]+)`\*\*/g)].map(([, file]) => file))
  return inlineCodes(text).filter(
    (code) => /^(?!\.\.\/shared\/)[\w.@-]+(\/[\w.@-]+)*\/[\w@-]+\.[a-z]+$/.test(code) && !made.has(code),
  )
}

test.each(pages)('%s: relative links lead to files', (page) => {
  const links = [...proseOf(readPage(page)).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link)
  const relative = links.filter((link) => !/^[a-z]+:/.test(link)).map((link) => link.split('#')[0])
  expect(relative.filter((link) => !existsSync(path.join(root, path.dirname(page), link)))).toEqual([])
})

test.each(pages)('%s: files that it names exist', (page) => {
  expect(namedFiles(readPage(page)).filter((file) => !existsSync(path.join(root, file)) && !isOfMarket(file))).toEqual(
    [],
  )
})

/** What `forewarn simulate --out market` writes. */
function isOfMarket(file: string): boolean {
  return /^market\/(truth\.json|\w[\w-]*\.ndjson)$/.test(file)
}

test.each(pages)('%s: commands that it names exist', (page) => {
  const text = readPage(page)
  const named = [...inlineCodes(text), ...blocksOf(text)].flatMap((code) =>
    [...code.matchAll(/(?:^|[\s|])forewarn ([a-z][a-z-]*)/gm)].map(([, name]) => name),
  )
  expect(named.filter((name) => !commands.includes(name))).toEqual([])
})

test.each(pages)('%s: options that it gives to commands exist', (page) => {
  const lines = blocksOf(readPage(page)).flatMap((block) => block.replaceAll('\\\n', ' ').split('\n'))
  for (const line of lines) {
    const [, name, second, rest] = /(?:^|\| )forewarn ([a-z][a-z-]*)(?: ([a-z][a-z-]*))?(.*)/.exec(line) ?? []
    if (name === undefined || !commands.includes(name)) continue
    const text = help(parents.includes(name) ? `${name} ${second}` : name)
    for (const [option] of rest.matchAll(/--[a-z][a-z-]*/g)) expect(text, line).toContain(option)
  }
})

test.each(pages)('%s: npm scripts that it names exist', (page) => {
  const named = [...readPage(page).matchAll(/npm run (?:-s )?([\w:-]+)/g)].map(([, name]) => name)
  expect(named.filter((name) => !(name in scripts))).toEqual([])
})

test('every command has its line in the README', () => {
  const text = readPage('README.md')
  for (const name of commands.filter((command) => command !== 'help'))
    expect(text).toMatch(new RegExp(`^\\| \`forewarn ${name}\\b`, 'm'))
})

test('every metric has its line in the README', () => {
  const source = readFileSync(path.join(root, 'src/edges/metrics/counters.ts'), 'utf8')
  const counters = [...source.matchAll(/counter\(\s*'(\w+)'/g)].map(([, name]) => `forewarn_${name}_total`)
  const gauges = ['gauges.ts', 'places.ts', 'drift.ts', 'kafka.ts']
    .flatMap((file) => readFileSync(path.join(root, 'src/edges/metrics', file), 'utf8').match(/'forewarn_\w+'/g) ?? [])
    .map((name) => name.slice(1, -1))
  const text = readPage('README.md')
  expect(counters.length).toBeGreaterThan(15)
  expect([...counters, ...gauges].filter((name) => !text.includes(`\`${name}\``))).toEqual([])
})
