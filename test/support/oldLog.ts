/** Logs of earlier versions, as they were written then (test/fixtures/logs). */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'

const fixtures = path.resolve(import.meta.dirname, '../fixtures/logs')
export type OldLog = 'foldVersion4' | 'foldVersion5Pruned'

/** Puts a copy of such a log into a folder. */
export async function placeOldLog(folder: string, name: OldLog = 'foldVersion4'): Promise<string> {
  await mkdir(folder, { recursive: true })
  const packed = await readFile(path.join(fixtures, name, 'forewarn.sqlite.gz'))
  await writeFile(path.join(folder, 'forewarn.sqlite'), gunzipSync(packed))
  return folder
}

/** What `forewarn digest` said of that log when it was written. */
export async function oldDigest(
  name: OldLog = 'foldVersion4',
): Promise<Record<string, { hash: string; records: number }>> {
  return JSON.parse(await readFile(path.join(fixtures, name, 'digest.json'), 'utf8'))
}
