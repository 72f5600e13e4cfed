/**
 * Builds the pages of a checkout into `dist/dashboard`, if a source is newer than what is there. It takes two seconds and fetches nothing.
 * Where what builds them is not installed the program goes on with its API.
 */
import { existsSync, globSync, statSync } from 'node:fs'
import path from 'node:path'

const root = path.resolve(import.meta.dirname, '..')
const source = path.join(root, 'src/dashboard')
export const builtPages = path.join(root, 'dist/dashboard')

export async function ensurePages(): Promise<void> {
  if (!areOld()) return
  process.stderr.write('The pages are built.\n')
  try {
    const { buildPages } = await import('./pages.ts')
    await buildPages(source, builtPages)
  } catch (error) {
    process.stderr.write(`They cannot be: ${error instanceof Error ? error.message.split('\n', 1)[0] : error}\n`)
  }
}

function areOld(): boolean {
  const built = path.join(builtPages, 'index.html')
  if (!existsSync(built)) return true
  const builtMs = statSync(built).mtimeMs
  const sources = globSync('**/*', { cwd: source }).map((name) => path.join(source, name))
  return sources.some((file) => statSync(file).mtimeMs > builtMs)
}
