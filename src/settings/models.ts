/** Model folders on disk: read, checked, hashed. A folder that was changed by hand, or that does not fit, is refused with what is wrong. */
import { existsSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ModelFile } from '../../models/risk/modelFile.ts'
import type { RiskModel } from '../../models/risk/riskModel.ts'
import type { Profile } from '../../streams/profile.ts'
import { ForewarnError, messageOf } from '../errors.ts'
import { artifactBytesMax } from '../limits.ts'
import { withLineFeeds } from '../lineEnds.ts'
import { type FolderFiles, folderHash, modelFiles, modelIn } from '../registry/modelFolder.ts'
import { isMissing, readPlainFile } from './plainFile.ts'

const builtIn = fileURLToPath(new URL('../../models/', import.meta.url))

/** A folder that holds a model. */
export type ModelFolder = { hash: string; files: FolderFiles; file: ModelFile; model: RiskModel }

/** The model that a profile names, or null when it names none. */
export async function modelOf({ file }: Profile): Promise<RiskModel | null> {
  return file.model === null ? null : loadModel(file.model)
}

/** A built-in model by name, or a folder. */
export async function loadModel(nameOrFolder: string): Promise<RiskModel> {
  return (await readModelFolder(nameOrFolder)).model
}

/** Whether a name is that of a built-in model. */
export function isBuiltInModel(name: string): boolean {
  return /^[a-z][a-z0-9-]*$/.test(name) && existsSync(path.join(builtIn, name, 'model.json'))
}

/** The files of a built-in model by name, or of a folder, and their hash. @throws ForewarnError FW_MODEL_NOT_FOUND, FW_MODEL_INVALID. */
export async function readModelFiles(nameOrFolder: string): Promise<{ hash: string; files: FolderFiles }> {
  const folder = isBuiltInModel(nameOrFolder) ? path.join(builtIn, nameOrFolder) : nameOrFolder
  if (!existsSync(folder)) throw new ForewarnError('FW_MODEL_NOT_FOUND', [nameOrFolder])
  const files = new Map<string, Uint8Array>()
  for (const name of modelFiles) {
    const bytes = await readPlainFile(path.join(folder, name), artifactBytesMax).catch((error: unknown) => {
      const why = isMissing(error) ? `it is no folder that holds ${name}` : messageOf(error)
      throw new ForewarnError('FW_MODEL_INVALID', [nameOrFolder, why])
    })
    files.set(name, withLineFeeds(bytes))
  }
  return { hash: folderHash(files), files }
}

/** A built-in model by name, or a folder, with its files. @throws ForewarnError FW_MODEL_INVALID. */
export async function readModelFolder(nameOrFolder: string): Promise<ModelFolder> {
  const { hash, files } = await readModelFiles(nameOrFolder)
  try {
    return { hash, files, ...modelIn(files, hash) }
  } catch (error) {
    throw new ForewarnError('FW_MODEL_INVALID', [nameOrFolder, messageOf(error)])
  }
}
