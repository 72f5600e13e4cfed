/** Writes a model folder, no larger than a log takes. */
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { ModelFile } from '../../models/risk/modelFile.ts'
import { ForewarnError } from '../errors.ts'
import { artifactBytesMax } from '../limits.ts'
import { bytesIn, type FolderFiles, folderHash } from '../registry/modelFolder.ts'

/** Whatever stands in a folder stays there. @throws ForewarnError FW_USAGE when it is not empty, or no folder. */
export async function checkNewFolder(folder: string): Promise<void> {
  const there = await readdir(folder).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw new ForewarnError('FW_USAGE', [`--out ${folder} is no folder that can be read; name a new one.`])
  })
  if (there.length > 0) throw new ForewarnError('FW_USAGE', [`--out ${folder} is not empty; name a new folder.`])
}

/** @throws ForewarnError FW_MODEL_TOO_LARGE for a model that no log takes. */
export function checkSize(files: FolderFiles): void {
  const bytes = bytesIn(files)
  if (bytes > artifactBytesMax) throw new ForewarnError('FW_MODEL_TOO_LARGE', [bytes, artifactBytesMax])
}

type Made = { file: ModelFile; card: string }

/** The hash of the folder, which is the model's version. @throws ForewarnError FW_MODEL_TOO_LARGE, and nothing is written. */
export async function writeModelFolder(folder: string, made: Made): Promise<string> {
  const files = filesOf(made)
  checkSize(files)
  await mkdir(folder, { recursive: true })
  for (const [name, bytes] of files) await writeFile(path.join(folder, name), bytes)
  return folderHash(files)
}

/** What the hash of the folder would be. */
export function hashOf(made: Made): string {
  return folderHash(filesOf(made))
}

function filesOf({ file, card }: Made): FolderFiles {
  return new Map([
    ['MODEL_CARD.md', Buffer.from(card)],
    ['model.json', Buffer.from(`${JSON.stringify(file)}\n`)],
  ])
}
