/** The pages of the project: what they link to, name, and print. */
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

export const root = path.resolve(import.meta.dirname, '../..')

/** Markdown pages, by their path from the root. */
export const pages: readonly string[] = [
  ...['.', 'docs', 'bench'].flatMap((folder) =>
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
