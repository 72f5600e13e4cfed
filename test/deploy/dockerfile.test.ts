/** The image: what must stand in the Dockerfile, and that what it copies is all that the program reads. */
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { image } from '../../bench/measured.ts'

const root = path.resolve(import.meta.dirname, '../..')
const dockerfile = readFileSync(path.join(root, 'Dockerfile'), 'utf8')
const lines = dockerfile.split('\n')
const copied = lines
  .filter((line) => line.startsWith('COPY ') && !line.includes('--from='))
  .flatMap((line) => line.split(/\s+/).slice(1, -1))

it('runs as a user without rights, with a health check and without packages for development', () => {
  const lastStage = dockerfile.slice(dockerfile.lastIndexOf('\nFROM '))
  expect(lastStage).toMatch(/^USER node$/m)
  expect(lastStage).toMatch(/^HEALTHCHECK /m)
  expect(lastStage).toContain('/livez')
  // What builds lies in stages of its own: the last one installs nothing, and has the packages of the stage without those for development.
  expect(lastStage).not.toMatch(/^RUN .*npm/m)
  expect(lastStage.match(/^COPY .*node_modules.*$/gm)).toEqual([
    'COPY --from=dependencies /app/node_modules ./node_modules',
  ])
  expect(/ AS dependencies\n.*?(?=\nFROM )/s.exec(dockerfile)?.[0]).toContain('npm ci --omit=dev')
})

it('is set as docs/running.md says for memory, and as the benchmarks run', () => {
  const [malloc, semiSpace] = ['MALLOC_ARENA_MAX=1 MALLOC_MMAP_THRESHOLD_=131072', '--max-semi-space-size=16']
  const page = readFileSync(path.join(root, 'docs/running.md'), 'utf8')
  expect(dockerfile).toMatch(new RegExp(`^ENV .*${malloc}$`, 'm'))
  expect(dockerfile).toMatch(new RegExp(`^ENTRYPOINT .*"${semiSpace}"`, 'm'))
  expect(page).toContain(malloc)
  expect(page).toContain(`NODE_OPTIONS=${semiSpace}`)
  expect(image.env).toEqual(Object.fromEntries(malloc.split(' ').map((one) => one.split('='))))
  expect(image.flags).toEqual([semiSpace])
})

it('copies what exists, and what .dockerignore lets through', () => {
  const ignore = readFileSync(path.join(root, '.dockerignore'), 'utf8').split('\n')
  for (const source of copied) {
    expect(existsSync(path.join(root, source)), source).toBe(true)
    expect(ignore).toContain(`!${source}`)
  }
})

it('copies every folder that the program imports from or reads', () => {
  for (const needed of ['src', 'models', 'streams', 'package.json']) expect(copied).toContain(needed)
})
