/** Profile folders on disk: read, checked, hashed, compiled. Every mistake is told with the folder and the place in it. */
import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Profile } from '../../streams/profile.ts'
import { ForewarnError, messageOf } from '../errors.ts'
import { MiB } from '../limits.ts'
import type { FolderFiles } from '../registry/modelFolder.ts'
import { type NamedModel, ProfileFolder, profileFile } from '../registry/profileFolder.ts'
import { isBuiltInModel, readModelFiles } from './models.ts'
import { isMissing, readPlainFile } from './plainFile.ts'

const builtInFolder = fileURLToPath(new URL('../../streams/profiles/', import.meta.url))
const fileBytesMax = 8 * MiB // the largest table of the built-in profiles has 110 KB

/** Names of the built-in profiles, in order. */
export async function builtInProfiles(): Promise<string[]> {
  const names = await readdir(builtInFolder)
  const complete = await Promise.all(names.map((name) => holdsProfile(path.join(builtInFolder, name))))
  return names.filter((_, at) => complete[at]).sort()
}

/**
 * A built-in profile by name (`cn`), or the folder of one (`./my-profile`).
 *
 * @throws ForewarnError FW_PROFILE_NOT_FOUND, or FW_PROFILE_INVALID that says `path.to.the.mistake: what is wrong`.
 */
export async function loadProfile(nameOrFolder: string): Promise<Profile> {
  return (await readProfileFolder(nameOrFolder)).profile
}

/** The same with its files, as they go into a log. */
export async function readProfileFolder(nameOrFolder: string): Promise<{ profile: Profile; files: FolderFiles }> {
  const folder = await folderOf(nameOrFolder)
  try {
    const read = await readFolder(folder)
    const model = await modelIn(folder, read.file.model).catch((error: unknown) => {
      read.compiled({ name: null, hash: undefined }) // what is wrong with its own files is told first
      throw error
    })
    return { profile: read.compiled(model), files: read.filesToKeep(model) }
  } catch (error) {
    throw new ForewarnError('FW_PROFILE_INVALID', [nameOrFolder, messageOf(error)], { cause: error })
  }
}

async function folderOf(nameOrFolder: string): Promise<string> {
  if ((await builtInProfiles()).includes(nameOrFolder)) return path.join(builtInFolder, nameOrFolder)
  if (!(await holdsProfile(nameOrFolder))) throw new ForewarnError('FW_PROFILE_NOT_FOUND', [nameOrFolder])
  return nameOrFolder
}

async function holdsProfile(folder: string): Promise<boolean> {
  const file = await stat(path.join(folder, profileFile)).catch(() => undefined)
  return file?.isFile() === true
}

/** Reads the profile, then the files that it names; those that cannot be read are told where they are asked for. */
async function readFolder(folder: string): Promise<ProfileFolder> {
  const found = new Map<string, Uint8Array | Error>()
  const read = async (name: string): Promise<void> => {
    const bytes = await readPlainFile(path.join(folder, name), fileBytesMax).catch((error: unknown) => {
      if (isMissing(error)) return new Error(`there is no ${name} beside the profile`)
      return error instanceof Error ? error : new Error(messageOf(error))
    })
    found.set(name, bytes)
  }
  await read(profileFile)
  const profile = new ProfileFolder((name) => {
    const bytes = found.get(name)
    if (bytes instanceof Uint8Array) return bytes
    throw bytes ?? new Error(`${name} was not read`)
  })
  for (const name of profile.names) await read(name)
  return profile
}

/** A built-in model, or the folder in which the named one lies with its hash. */
async function modelIn(profileFolder: string, name: string | null): Promise<NamedModel> {
  if (name === null || isBuiltInModel(name)) return { name, hash: undefined }
  const folder = path.resolve(profileFolder, name)
  try {
    return { name: folder, hash: (await readModelFiles(folder)).hash }
  } catch (error) {
    throw new Error(`model: ${messageOf(error)}`)
  }
}
