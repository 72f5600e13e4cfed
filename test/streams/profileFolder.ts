/** A small profile folder to break: the files of docs/profiles.md, changed. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll } from 'vitest'

const made: string[] = []
afterAll(() => Promise.all(made.map((folder) => rm(folder, { recursive: true }))))

/** Code blocks of a page that follow a line with nothing but a file name: ``**`name`**``. */
export function filesOf(markdown: string): ReadonlyMap<string, string> {
  const blocks = markdown.matchAll(/^\*\*`([^`]+)`\*\*\n\n```\w+\n([\s\S]*?)^```$/gm)
  return new Map([...blocks].map(([, name, text]) => [name, text]))
}

export function readDocs(): Promise<string> {
  return readFile(new URL('../../docs/profiles.md', import.meta.url), 'utf8')
}

/** Writes the profile of the docs into a new folder, after `change` has been at its files. `own`: the files of another one beside it. */
export async function writeProfile(
  change: (files: Map<string, string>) => void = () => undefined,
  own: 'my-visits' | undefined = undefined,
): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'forewarn-profile-'))
  made.push(folder)
  const page = [...filesOf(await readDocs())]
  const under = (prefix: string): [string, string][] =>
    page.flatMap(([name, text]) => (name.startsWith(prefix) ? [[name.slice(prefix.length), text]] : []))
  const files = new Map([...under('my-profile/'), ...(own === undefined ? [] : under(`${own}/`))])
  change(files)
  for (const [name, text] of files) await writeFile(path.join(folder, name), text)
  return folder
}
