/** Model folders on disk: read, checked, hashed. A folder that was changed by hand, or that does not fit, is refused with what is wrong. */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ModelFile } from '../../models/risk/modelFile.ts'
import type { RiskModel } from '../../models/risk/riskModel.ts'
import type { Profile } from '../../streams/profile.ts'
import { ForewarnError, messageOf } from '../errors.ts'
import { type FolderFiles, folderHash, modelFiles, modelIn } from '../registry/modelFolder.ts'

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

/** A built-in model by name, or a folder, with its files. @throws ForewarnError FW_MODEL_INVALID. */
export async function readModelFolder(nameOrFolder: string): Promise<ModelFolder> {
  const named = path.join(builtIn, nameOrFolder)
  const folder =
    /^[a-z][a-z0-9-]*$/.test(nameOrFolder) && existsSync(path.join(named, 'model.json')) ? named : nameOrFolder
  const files = new Map<string, Uint8Array>()
  for (const name of modelFiles) {
    const bytes = await readFile(path.join(folder, name)).catch((error: unknown) => {
      throw new ForewarnError('FW_MODEL_INVALID', [folder, `${name}: ${messageOf(error)}`])
    })
    files.set(name, bytes)
  }
  try {
    const hash = folderHash(files)
    return { hash, files, ...modelIn(files, hash) }
  } catch (error) {
    throw new ForewarnError('FW_MODEL_INVALID', [folder, messageOf(error)])
  }
}
