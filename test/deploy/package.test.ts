/** The package as it is published: built, it runs where Node strips no types - inside node_modules - and finds its data. */
import { execFileSync } from 'node:child_process'
import path from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { z } from 'zod'

const root = path.resolve(import.meta.dirname, '../..')
const built = path.join(root, 'node_modules/.cache/forewarn-build')

beforeAll(() => {
  execFileSync(process.execPath, [path.join(root, 'scripts/build.ts'), built])
})

function forewarn(...args: string[]): string {
  return execFileSync(process.execPath, [path.join(built, 'src/main.js'), ...args], { encoding: 'utf8' })
}

it('tells its version', () => {
  expect(forewarn('--version').trim()).toMatch(/^\d+\.\d+\.\d+$/)
})

it('finds profile and model, and folds', () => {
  const Result = z.object({ events: z.int().min(1), scores: z.int().min(1) })
  Result.parse(JSON.parse(forewarn('demo', '--days', '3', '--exit', '--enterprises', '500', '--json')))
})
