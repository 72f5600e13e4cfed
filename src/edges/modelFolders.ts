/** Writes a model folder. */
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { ModelFile } from '../../models/risk/modelFile.ts'
import { ForewarnError } from '../errors.ts'
import { folderHash } from '../registry/modelFolder.ts'

/** Whatever stands in a folder stays there. @throws ForewarnError FW_USAGE when it is not empty, or no folder. */
export async function checkNewFolder(folder: string): Promise<void> {
  const there = await readdir(folder).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw new ForewarnError('FW_USAGE', [`--out ${folder} is no folder that can be read; name a new one.`])
  })
  if (there.length > 0) throw new ForewarnError('FW_USAGE', [`--out ${folder} is not empty; name a new folder.`])
}

/** The hash of the folder, which is the model's version. */
export async function writeModelFolder(
  folder: string,
  { file, card }: { file: ModelFile; card: string },
): Promise<string> {
  const files = new Map([
    ['MODEL_CARD.md', Buffer.from(card)],
    ['model.json', Buffer.from(`${JSON.stringify(file)}\n`)],
  ])
  await mkdir(folder, { recursive: true })
  for (const [name, bytes] of files) await writeFile(path.join(folder, name), bytes)
  return folderHash(files)
}
