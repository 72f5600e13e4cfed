/** The simulator knows no model and no fold, and takes neither time nor chance from the machine. */
import { readdir, readFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')
const folder = join(root, 'src/simulate')
const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.ts'))

test.each(names)('%s imports inward only and draws from the seed only', async (name) => {
  const text = await readFile(join(folder, name), 'utf8')
  const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')
  expect(code).not.toMatch(/Math\.random|Date\.now|new Date\(\)|performance\./)
  for (const [, from] of code.matchAll(/from '([^']+)'/g)) {
    const file = from.startsWith('.') ? relative(root, join(folder, dirname(name), from)) : from
    const allowed =
      /^(src\/simulate\/((flaws|troubles)\/)?\w+\.ts|src\/(limits|errors)\.ts|streams\/\w+\.ts|zod)$/.test(file)
    expect(allowed || (name === 'write.ts' && /^(node:|src\/rights\.ts$)/.test(file)), `${name} imports ${file}`).toBe(
      true,
    )
  }
})
