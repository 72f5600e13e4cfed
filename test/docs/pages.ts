/** The pages of the project: what they link to, name, and print. */
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

export const root = path.resolve(import.meta.dirname, '../..')

/** Markdown pages, by their path from the root. */
export const pages: readonly string[] = [
  ...['.', 'docs', 'docs/decisions', 'bench'].flatMap((folder) =>
    readdirSync(path.join(root, folder))
      .filter((name) => name.endsWith('.md'))
      .map((name) => path.posix.join(folder, name)),
  ),
].sort()

export function readPage(page: string): string {
  return readFileSync(path.join(root, page), 'utf8')
}

/** A page without its blocks of code. */
export function proseOf(text: string): string {
  return text.replace(/^```[\s\S]*?^```/gm, '')
}

/** The anchors of a page, as GitHub makes them of its headings. */
export function anchorsOf(text: string): Set<string> {
  const anchors = new Set<string>()
  for (const [, heading] of proseOf(text).matchAll(/^#{1,6} (.+)$/gm)) {
    const words = heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(' ', '-')
    let anchor = words
    for (let again = 1; anchors.has(anchor); again++) anchor = `${words}-${again}`
    anchors.add(anchor)
  }
  return anchors
}

/** What stands in backticks in the prose of a page. */
export function inlineCodes(text: string): string[] {
  return [...proseOf(text).matchAll(/`([^`\n]+)`/g)].map(([, code]) => code)
}

/** Blocks of code. */
export function blocksOf(text: string): string[] {
  return [...text.matchAll(/^```\w*\n([\s\S]*?)^```/gm)].map(([, code]) => code)
}

/** Files that git tracks; undefined where there is no repository. */
export function trackedFiles(): string[] | undefined {
  if (!existsSync(path.join(root, '.git'))) return undefined
  const listed = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' })
  return listed.split('\0').filter((file) => file !== '' && existsSync(path.join(root, file)))
}
