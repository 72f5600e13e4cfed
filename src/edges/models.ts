/** Model folders: read, checked, hashed. A folder that was changed by hand, or that does not fit, is refused with what is wrong. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildModel } from '../../models/risk/buildModel.ts'
import { ModelFile } from '../../models/risk/modelFile.ts'
import type { RiskModel } from '../../models/risk/riskModel.ts'
import type { Profile } from '../../streams/profile.ts'
import { ForewarnError, messageOf } from '../errors.ts'

const builtIn = fileURLToPath(new URL('../../models/', import.meta.url))
const files = ['MODEL_CARD.md', 'model.json'] as const

/** The model that a profile names, or null when it names none. */
export async function modelOf({ file }: Profile): Promise<RiskModel | null> {
  return file.model === null ? null : loadModel(file.model)
}

/** A built-in model by name, or a folder. */
export async function loadModel(nameOrFolder: string): Promise<RiskModel> {
  const folder = /^[a-z][a-z0-9-]*$/.test(nameOrFolder) ? path.join(builtIn, nameOrFolder) : nameOrFolder
  const hash = createHash('sha256')
  const contents = new Map<string, Buffer>()
  for (const name of files) {
    const bytes = await readFile(path.join(folder, name)).catch((error: unknown) => {
      throw new ForewarnError('FW_MODEL_INVALID', [folder, `${name}: ${messageOf(error)}`])
    })
    hash.update(name).update('\0').update(bytes).update('\0')
    contents.set(name, bytes)
  }
  return build(folder, contents.get('model.json')?.toString('utf8') ?? '', hash.digest('hex'))
}

function build(folder: string, text: string, hash: string): RiskModel {
  try {
    const parsed = ModelFile.safeParse(JSON.parse(text))
    if (!parsed.success)
      throw new Error(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '))
    return buildModel(parsed.data, hash)
  } catch (error) {
    throw new ForewarnError('FW_MODEL_INVALID', [folder, messageOf(error)])
  }
}
