/** A model folder as bytes: its hash, which is its version, and the model in it. Where the bytes come from, disk or log, makes no difference. */
import { createHash } from 'node:crypto'
import { buildModel } from '../../models/risk/buildModel.ts'
import { ModelFile } from '../../models/risk/modelFile.ts'
import type { RiskModel } from '../../models/risk/riskModel.ts'
import type { Profile } from '../../streams/profile.ts'
import { messageOf } from '../errors.ts'
import { checkFit } from '../featureProfile.ts'
import { jsonOf } from '../json.ts'
import { misfitTextMax } from '../limits.ts'

/** What every model folder holds. */
export const modelFiles = ['MODEL_CARD.md', 'model.json'] as const

export type FolderFiles = ReadonlyMap<string, Uint8Array>

/** sha256 over name and bytes of every file, in the order of their names. */
export function folderHash(files: FolderFiles): string {
  const hash = createHash('sha256')
  for (const name of [...files.keys()].sort())
    hash
      .update(name)
      .update('\0')
      .update(files.get(name) ?? new Uint8Array(0))
      .update('\0')
  return hash.digest('hex')
}

export function bytesIn(files: FolderFiles): number {
  return [...files.values()].reduce((sum, { length }) => sum + length, 0)
}

/** @throws Error with what is wrong with the folder. */
export function modelIn(files: FolderFiles, hash: string): { file: ModelFile; model: RiskModel } {
  const file = modelFileIn(files)
  return { file, model: buildModel(file, hash) }
}

const mistakesTold = 5

function modelFileIn(files: FolderFiles): ModelFile {
  for (const name of modelFiles) if (!files.has(name)) throw new Error(`${name}: is missing`)
  const parsed = ModelFile.safeParse(parsedJson(files.get('model.json') ?? new Uint8Array(0)))
  if (parsed.success) return parsed.data
  const mistakes = parsed.error.issues.slice(0, mistakesTold)
  throw new Error(mistakes.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '))
}

/** What V8 says of a text that is no JSON differs between its releases, and a task repeats what it is told. */
function parsedJson(bytes: Uint8Array): unknown {
  try {
    return jsonOf(bytes)
  } catch {
    throw new Error('model.json: is not JSON')
  }
}

/** Why a folder cannot score under a profile; undefined when it can. What does not fit is told before anything is built of it. */
export function misfitOf(files: FolderFiles, hash: string, profile: Profile): string | undefined {
  try {
    const file = modelFileIn(files)
    if (file.profile !== profile.file.name) return `it is for profile ${file.profile}, not ${profile.file.name}`
    checkFit(profile, { featureNames: file.features.map(({ name }) => name), bandEdges: file.bandEdges })
    buildModel(file, hash)
    return undefined
  } catch (error) {
    return messageOf(error).slice(0, misfitTextMax)
  }
}
