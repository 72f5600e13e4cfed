/**
 * `npm run build [-- DIR]`: the package as it is published. Node strips types from a checkout, but not inside node_modules, so the
 * package holds JavaScript, with profiles, the baseline model and the pages beside it.
 */
import { execFileSync } from 'node:child_process'
import { chmodSync, cpSync, rmSync } from 'node:fs'
import path from 'node:path'
import { buildPages } from './pages.ts'

const root = path.resolve(import.meta.dirname, '..')
const out = path.resolve(process.argv[2] ?? path.join(root, 'dist'))

rmSync(out, { recursive: true, force: true })
execFileSync(
  process.execPath,
  [path.join(root, 'node_modules/typescript/bin/tsc'), '-p', path.join(root, 'tsconfig.build.json'), '--outDir', out],
  { cwd: root, stdio: 'inherit' },
)
for (const data of ['streams/profiles', 'models/baseline'])
  cpSync(path.join(root, data), path.join(out, data), { recursive: true })
await buildPages(path.join(root, 'src/dashboard'), path.join(out, 'dashboard'))
chmodSync(path.join(out, 'src/main.js'), 0o755)
