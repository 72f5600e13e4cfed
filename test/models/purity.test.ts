import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

// What the stream computes with; learning and judging models are no part of the fold.
const folders = ['models', 'models/math', 'models/counts', 'models/risk', 'models/risk/wasm']
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
