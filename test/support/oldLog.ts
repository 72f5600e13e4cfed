/** The log of an earlier version, as it was written then (test/fixtures/logs). */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'

const fixture = path.resolve(import.meta.dirname, '../fixtures/logs/foldVersion4')

/** Puts a copy of the log of foldVersion 4 into a folder. */
export async function placeOldLog(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true })
  const packed = await readFile(path.join(fixture, 'forewarn.sqlite.gz'))
  await writeFile(path.join(folder, 'forewarn.sqlite'), gunzipSync(packed))
  return folder
}

/** What `forewarn digest` said of that log when it was written. */
export async function oldDigest(): Promise<Record<string, { hash: string; records: number }>> {
  return JSON.parse(await readFile(path.join(fixture, 'digest.json'), 'utf8'))
}
