import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const folders = ['models/math', 'models/counts']
const files = folders.flatMap((folder) => readdirSync(folder).map((file) => `${folder}/${file}`))

/** Functions whose last bit differs between engines, clocks, randomness and I/O. */
const forbidden =
  /Math\.(a?(sin|cos|tan)h?|atan2|exp|expm1|log\w*|pow|cbrt|hypot|random|fround)\b|\*\*[^/*]|\bDate\b|performance|from 'node:/

it.each(files)('%s computes the same bits everywhere', (file) => {
  const code = readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')
  expect(code.match(forbidden)?.[0]).toBeUndefined()
})
