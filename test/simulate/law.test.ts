/** The simulator knows no model and no fold, and takes neither time nor chance from the machine. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const folder = join(import.meta.dirname, '../../src/simulate')
const names = await readdir(folder)

test.each(names)('%s imports inward only and draws from the seed only', async (name) => {
  const text = await readFile(join(folder, name), 'utf8')
  const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')
  expect(code).not.toMatch(/Math\.random|Date\.now|new Date\(\)|performance\./)
  for (const [, from] of code.matchAll(/from '([^']+)'/g)) {
    const allowed = /^(\.\/\w+\.ts|\.\.\/(limits|errors)\.ts|(\.\.\/){2}streams\/\w+\.ts|zod)$/.test(from)
    expect(allowed || (name === 'write.ts' && /^(node:|\.\.\/rights\.ts$)/.test(from)), `${name} imports ${from}`).toBe(
      true,
    )
  }
})
