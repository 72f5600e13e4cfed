/** Started by a Node that is too old, the program says so: a Node that knows no types, too, which would speak of the ending .ts. */
import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { expect, test } from 'vitest'
import { errorRegistry } from '../../src/errors.ts'
import { projectFolder } from './forewarn.ts'

/** Nodes of this machine that are too old, by version. */
function oldNodes(): Map<string, string> {
  const folders = [...(process.env.PATH ?? '').split(path.delimiter), '/usr/bin', '/usr/local/bin']
  const found = folders.map((folder) => {
    const place = path.join(folder, 'node')
    return [spawnSync(place, ['--version'], { encoding: 'utf8' }).stdout ?? '', place] as const
  })
  return new Map(found.filter(([version]) => /^v(1\d|2[0-3])\./.test(version)))
}

function expectTold(version: string, args: readonly string[], node = process.execPath): void {
  const { status, stdout, stderr } = spawnSync(node, args, { encoding: 'utf8', cwd: projectFolder })
  const { says, remedy } = errorRegistry.FW_NODE_VERSION
  const [before, between, after] = says.split('%s')
  const line = `error FW_NODE_VERSION: ${before}24${between}${version}${after}\n  ${remedy}\n`
  expect({ status, stdout, stderr }).toEqual({ status: 2, stdout: '', stderr: line })
}

test.each(['forewarn.js', 'src/main.ts'])('%s, under a version that is made up', (entry) => {
  const old = `Object.defineProperty(process.versions, 'node', { value: '20.1.2' })`
  const before = [
    '--disable-warning=ExperimentalWarning',
    '--import',
    `data:text/javascript,${encodeURIComponent(old)}`,
  ]
  expectTold('20.1.2', [...before, entry, 'doctor'])
})

const nodes = oldNodes()
const name = nodes.size === 0 ? ' (skipped: this machine has none)' : ''
test.skipIf(nodes.size === 0)(`forewarn.js, under each old Node of this machine${name}`, () => {
  for (const [version, node] of nodes) expectTold(version.slice(1).trim(), ['forewarn.js', 'run'], node)
})
