/** The package as it is published: built, packed, and run from an empty folder - inside node_modules, where Node strips no types. */
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { z } from 'zod'

const root = path.resolve(import.meta.dirname, '../..')
const built = path.join(root, 'node_modules/.cache/forewarn-build')
const folder = mkdtempSync(path.join(tmpdir(), 'forewarn-package-'))
const [stage, empty] = [path.join(folder, 'stage'), path.join(folder, 'empty')]
const packageFile = z
  .object({ files: z.array(z.string()), devDependencies: z.record(z.string(), z.string()) })
  .parse(JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')))

beforeAll(() => {
  execFileSync(process.execPath, [path.join(root, 'scripts/build.ts'), built])
  pack()
  install()
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A checkout with what was built in the place of `dist`, packed as `npm pack` does. */
function pack(): void {
  mkdirSync(stage)
  for (const name of ['package.json', ...packageFile.files])
    cpSync(name === 'dist' ? built : path.join(root, name), path.join(stage, name), { recursive: true })
  execFileSync('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], { cwd: stage, stdio: 'pipe' })
}

/** As `npm install` would lay it out, with the packages that are here; what is for developers alone is not there. */
function install(): void {
  const modules = path.join(empty, 'node_modules')
  mkdirSync(path.join(modules, '.bin'), { recursive: true })
  const archive = readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? ''
  execFileSync('tar', ['-xzf', path.join(folder, archive), '-C', modules])
  execFileSync('mv', [path.join(modules, 'package'), path.join(modules, 'forewarn')])
  for (const name of installed()) {
    mkdirSync(path.dirname(path.join(modules, name)), { recursive: true })
    symlinkSync(path.join(root, 'node_modules', name), path.join(modules, name))
  }
  symlinkSync('../forewarn/dist/src/main.js', path.join(modules, '.bin/forewarn'))
}

function installed(): string[] {
  const names = readdirSync(path.join(root, 'node_modules')).filter((name) => !name.startsWith('.'))
  const all = names.flatMap((name) =>
    name.startsWith('@') ? readdirSync(path.join(root, 'node_modules', name)).map((own) => `${name}/${own}`) : [name],
  )
  return all.filter((name) => !Object.hasOwn(packageFile.devDependencies, name))
}

/** As people type it. */
function npx(...args: string[]): string {
  const env = { ...process.env, PATH: `${path.dirname(process.execPath)}:${process.env.PATH}` }
  return execFileSync('npx', ['--no', 'forewarn', ...args], { cwd: empty, env, encoding: 'utf8' })
}

it('tells its version', () => {
  expect(npx('--version').trim()).toMatch(/^\d+\.\d+\.\d+$/)
})

it('finds profile and model, and folds', () => {
  const Result = z.object({ events: z.int().min(1), scores: z.int().min(1) })
  Result.parse(JSON.parse(npx('demo', '--days', '3', '--exit', '--enterprises', '500', '--json')))
  expect(readdirSync(empty)).toEqual(['node_modules']) // and leaves nothing behind
})
