import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { reachedFrom, takenBy, takenIn } from '../support/globals.ts'

// What the stream computes with; learning and judging models are no part of the fold.
const folders = ['models', 'models/math', 'models/counts', 'models/level', 'models/risk', 'models/risk/wasm']
const files = folders.flatMap((folder) =>
  readdirSync(folder).flatMap((file) => (file.endsWith('.ts') ? [`${folder}/${file}`] : [])),
)

/** Functions whose last bit differs between engines, clocks, randomness and I/O. */
const forbidden =
  /Math\.(a?(sin|cos|tan)h?|atan2|exp|expm1|log\w*|pow|cbrt|hypot|random)\b|(?<!2 )\*\*[^/*]|\bDate\b|performance|from 'node:(?!buffer')/

it.each(files)('%s computes the same bits everywhere', (file) => {
  const code = readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')
  expect(code.match(forbidden)?.[0]).toBeUndefined()
})

// The tasks, and every file that they import for more than its types: what is listed may be used, and nothing else.
const tasks = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((file) => /^(enterprise|watch|registry)\/.*\.ts$/.test(file))
  .map((file) => `src/${file}`)
const typed = /^(new )?(Float(32|64)|Int32|Uint(8|16|32))Array(\.from|\.BYTES_PER_ELEMENT|\(\d\))?$/
const pure = new RegExp(
  [
    '(new )?(Array|Map|Set|Object|String|Number|Error|RangeError|RegExp|Buffer|JSON|Symbol|Reflect)\\b(?!\\.random).*',
    'Math\\.(abs|ceil|clz32|floor|imul|max|min|round|sign|sqrt|trunc)',
    'new Text(Decoder|Encoder)\\(\\d\\)',
    'WebAssembly\\.(Instance|Memory|Module)|new WebAssembly\\.\\w+',
    // Dates are made of a time that is given, and written in UTC.
    'new Date\\(1\\)|Date\\.(parse|UTC)',
    'undefined|Promise',
  ]
    .map((one) => `(^(${one})$)`)
    .join('|'),
)
/** What goes by the machine's time zone or language. */
const local =
  /^((get|set)(Date|Day|FullYear|Hours|Milliseconds|Minutes|Month|Seconds|Year)|getTimezoneOffset|toLocale\w*|localeCompare)$/
const modules: Readonly<Record<string, RegExp>> = {
  zod: /^z$/,
  'node:assert': /^strict$/,
  'node:buffer': /^(Buffer|isUtf8)$/,
  'node:crypto': /^createHash$/,
  '@eslint-community/regexpp': /^parseRegExpLiteral$/,
  // A profile that travels in the log is read there: of one text always the same comes.
  yaml: /^(isNode|parse|parseDocument)$/,
  'csv-parse/sync': /^parse$/,
}

/** What a file takes that could differ from one run to another. */
function impure({ globals, members, imports }: ReturnType<typeof takenBy>): string[] {
  return [
    ...globals.filter((name) => !typed.test(name) && !pure.test(name)),
    ...members.filter((name) => local.test(name)),
    ...imports
      .filter(({ from }) => !from.startsWith('.'))
      .flatMap(({ from, names }) => (names.length === 0 ? ['all'] : names).map((name) => ({ from, name })))
      .filter(({ from, name }) => modules[from]?.test(name) !== true)
      .map(({ from, name }) => `${name} of ${from}`),
  ]
}

it.each(reachedFrom(tasks))('%s takes nothing from the machine', (file) => {
  expect(impure(takenBy(file))).toEqual([])
})

it('reaches the tasks, what they import, and nothing that reads clocks or files', () => {
  const reached = reachedFrom(tasks)
  for (const file of [
    'src/watch/warningEngine.ts',
    'src/enterprise/task.ts',
    'src/registry/modelRegistry.ts',
    'src/sums.ts',
    'streams/calendar.ts',
  ])
    expect(reached).toContain(file)
  expect(
    reached.filter((file) =>
      /^src\/(ingest|http|telemetry|settings|cli|simulate|training|log\/(embedded|kafka))\//.test(file),
    ),
  ).toEqual([])
})

it.each([
  ['const at = Date.now()', 'Date.now'],
  ['const at = new Date()', 'new Date(0)'],
  ['const at = Date()', 'Date()'],
  ['const { now } = Date', 'Date'],
  ['const luck = Math.random()', 'Math.random'],
  ['const root = Math.cbrt(2)', 'Math.cbrt'],
  ['const { random } = Math', 'Math'],
  ['const at = performance.now()', 'performance.now'],
  ['if (process.env.DEBUG) stop()\nfunction stop() {}', 'process.env'],
  ['setTimeout(() => {}, 1)', 'setTimeout()'],
  ['queueMicrotask(() => {})', 'queueMicrotask()'],
  ['const id = crypto.randomUUID()', 'crypto.randomUUID'],
  ['const it = globalThis', 'globalThis'],
  ['const all = { fetch }', 'fetch'],
  ['console.log(1)', 'console.log'],
  ["const fs = await import('node:fs')", 'import()'],
  ["import { randomBytes } from 'node:crypto'\nrandomBytes(1)", 'randomBytes of node:crypto'],
  ["import 'node:fs'", 'all of node:fs'],
  ['const hour = new Date(1).getHours()', 'getHours'],
  ["const order = 'a'.localeCompare('b')", 'localeCompare'],
])('sees that %j is not pure', (code, what) => {
  expect(impure(takenIn('made.ts', code))).toContain(what)
})

it.each([
  "import type { Stats } from 'node:fs'\nexport type Named = { process: string; stats: Stats; performance: typeof Date }",
  '// Date.now()\nconst text = "Math.random() and process.env"',
  'const process = (performance: number): number => performance\nexport const value = { Date: process(1) }.Date',
  'export const at = (ms: number): string => new Date(ms).toISOString()',
])('lets %j pass', (code) => {
  expect(impure(takenIn('made.ts', code))).toEqual([])
})
