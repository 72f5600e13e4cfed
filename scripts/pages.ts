/** `npm run pages [-- DIR]`: builds the pages. Beside each file lies it compressed, as it is served. */
import { chmodSync, globSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { build } from 'vite'

const compressed = /\.(?:js|css|html|svg)$/

/** Builds into a folder beside `out` and puts it in its place, so that nobody serves half of it. */
export async function buildPages(source: string, out: string): Promise<void> {
  mkdirSync(path.dirname(out), { recursive: true })
  const made = mkdtempSync(`${out}-`)
  await build({
    root: source,
    configFile: false,
    logLevel: 'warn',
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
    build: {
      outDir: made,
      emptyOutDir: true,
      target: 'es2022',
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
    },
  })
  for (const file of globSync('**/*', { cwd: made }).filter((name) => compressed.test(name))) {
    const bytes = readFileSync(path.join(made, file))
    writeFileSync(path.join(made, `${file}.gz`), gzipSync(bytes, { level: constants.Z_BEST_COMPRESSION }))
    writeFileSync(path.join(made, `${file}.br`), brotliCompressSync(bytes))
  }
  chmodSync(made, 0o755) // a folder for a moment is its maker's alone
  rmSync(out, { recursive: true, force: true })
  renameSync(made, out)
}

if (process.argv[1] === import.meta.filename) {
  const root = path.resolve(import.meta.dirname, '..')
  await buildPages(path.join(root, 'src/dashboard'), path.resolve(process.argv[2] ?? path.join(root, 'dist/dashboard')))
}
