/** What the pages link to, name and tell people to type is there. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { Command } from 'commander'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { forewarnProgram } from '../../src/cli/program.ts'
import { anchorsOf, blocksOf, inlineCodes, pages, proseOf, readPage, root } from './pages.ts'

const program = await forewarnProgram(undefined)

/** Commands that have commands of their own. */
const parents = ['dead-letters', 'models', 'profile', 'topics']

/** What `forewarn COMMAND --help` prints. */
function help(command = ''): string {
  const words = command.split(' ').filter((word) => word !== '')
  const named = words.reduce<Command | undefined>(
    (outer, word) => outer?.commands.find((inner) => inner.name() === word),
    program,
  )
  if (named === undefined) throw new Error(`there is no command ${command}`)
  return named.helpInformation()
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

/** Where a link of a page leads, from the root on, and to which heading; undefined for what lies elsewhere. */
function target(page: string, link: string): { file: string; anchor: string | undefined } | undefined {
  if (/^[a-z]+:/.test(link)) return undefined
  const [to, anchor] = link.split('#')
  return { file: to === '' ? page : path.posix.join(path.posix.dirname(page), to), anchor }
}

test.each(pages)('%s: relative links lead to files, and to headings that are there', (page) => {
  const links = [...proseOf(readPage(page)).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link)
  const leadsNowhere = (link: string): boolean => {
    const to = target(page, link)
    if (to === undefined) return false
    if (!existsSync(path.join(root, to.file))) return true
    return to.anchor !== undefined && !anchorsOf(readPage(to.file)).has(to.anchor)
  }
  expect(links.filter(leadsNowhere)).toEqual([])
})

test('every page is in an index, and every folder of pages has one', () => {
  const linked = ['README.md', 'docs/README.md', 'docs/decisions/README.md'].flatMap((page) =>
    [...readPage(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => target(page, link)?.file),
  )
  expect(pages.filter((page) => page !== 'README.md' && !linked.includes(page))).toEqual([])
})

test.each(pages)('%s: files that it names exist', (page) => {
  expect(namedFiles(readPage(page)).filter((file) => !existsSync(path.join(root, file)) && !isOfMarket(file))).toEqual(
    [],
  )
})

test('ARCHITECTURE: where something is decided by a function, the file has it', () => {
  const named = [...readPage('ARCHITECTURE.md').matchAll(/`(src\/[\w/]+\.ts)`, `(\w+)`/g)]
  expect(named.length).toBeGreaterThan(1)
  for (const [, file, name] of named)
    expect(readPage(file), file).toMatch(new RegExp(`^export (async )?(function|class|const) ${name}\\b`, 'm'))
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

test('every command has its line on the page of commands', () => {
  const text = readPage('docs/commands.md')
  for (const name of commands.filter((command) => command !== 'help'))
    expect(text).toMatch(new RegExp(`^\\| \\[\`forewarn ${name}\\b`, 'm'))
})

test('every metric has its line on the page of metrics', () => {
  const source = readFileSync(path.join(root, 'src/telemetry/metrics/counters.ts'), 'utf8')
  const counters = [...source.matchAll(/counter\(\s*'(\w+)'/g)].map(([, name]) => `forewarn_${name}_total`)
  const gauges = ['gauges.ts', 'places.ts', 'drift.ts', 'kafka.ts']
    .flatMap(
      (file) => readFileSync(path.join(root, 'src/telemetry/metrics', file), 'utf8').match(/'forewarn_\w+'/g) ?? [],
    )
    .map((name) => name.slice(1, -1))
  const text = readPage('docs/metrics.md')
  expect(counters.length).toBeGreaterThan(15)
  expect([...counters, ...gauges].filter((name) => !text.includes(`\`${name}\``))).toEqual([])
})

test('every variable of the environment that the program reads is on a page', () => {
  const sources = readdirSync(path.join(root, 'src'), { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  )
  const read = sources.flatMap((file) => readPage(path.join('src', file)).match(/\bFOREWARN_[A-Z_]+\b/g) ?? [])
  const text = pages
    .filter((page) => page !== 'CHANGELOG.md')
    .map(readPage)
    .join('\n')
  expect(read.length).toBeGreaterThan(10)
  expect([...new Set(read)].filter((name) => !new RegExp(`\\b${name}\\b`).test(text))).toEqual([])
})
