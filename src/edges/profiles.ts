/** Profile folders: read, checked, hashed, compiled. Every mistake is told with the folder and the place in it. */
import { createHash } from 'node:crypto'
import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse as parseCsv } from 'csv-parse/sync'
import { isNode, parseDocument, parse as parseYaml } from 'yaml'
import { z } from 'zod'
import { featureNames } from '../../models/features.ts'
import { compileProfile, Messages, type Profile, ProfileFile } from '../../streams/profile.ts'
import { checkTraining } from '../../streams/training.ts'
import type { CodeRow } from '../../streams/tree.ts'
import { featureProfile } from '../enterprise/featureProfile.ts'
import { ForewarnError, messageOf, mistakesIn } from '../errors.ts'
import { MiB, treeCodesMax, treeNodesMax } from '../limits.ts'
import { withLineFeeds } from './lineEnds.ts'
import { isBuiltInModel, readModelFiles } from './models.ts'
import { isMissing, readPlainFile } from './plainFile.ts'

const builtInFolder = fileURLToPath(new URL('../../streams/profiles/', import.meta.url))
const profileFile = 'profile.yaml'
const fileBytesMax = 8 * MiB // the largest table of the built-in profiles has 110 KB
const mistakesMax = 5

const CsvRows = z.array(z.record(z.string(), z.string()))

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
  const folder = await folderOf(nameOrFolder)
  try {
    return await compiled(new ProfileFolder(folder))
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

async function compiled(folder: ProfileFolder): Promise<Profile> {
  const file = checked(ProfileFile, await folder.yaml(profileFile), '')
  const messages = new Map<string, Messages>()
  for (const language of file.languages) {
    const name = `${language}.yaml`
    const words = await folder.yaml(name).catch((error: unknown) => {
      throw new Error(`languages: ${messageOf(error)}`)
    })
    messages.set(language, checked(Messages, words, `${name}: `))
  }
  const regions = (await folder.codes('regions.file', file.regions.file))()
  const industries = (await folder.codes('industries.file', file.industries.file))()
  const model = await folder.model(file.model)
  const source = { file: { ...file, model }, messages, regions, industries }
  const earlier = new Map<string, () => Profile>()
  for (const [at, { hash, ...tables }] of file.earlier.entries()) {
    const regionsThen = await folder.codes(`earlier.${at}.regions`, tables.regions ?? file.regions.file)
    const industriesThen = await folder.codes(`earlier.${at}.industries`, tables.industries ?? file.industries.file)
    earlier.set(hash, () => compileProfile({ ...source, hash, regions: regionsThen(), industries: industriesThen() }))
  }
  const hashes = { hash: folder.hash(), formerHashes: folder.formerHashes() }
  const profile = compileProfile({ ...source, ...hashes, earlier })
  for (const tree of ['regions', 'industries'] as const) {
    const nodes = profile[tree].nodes.length
    if (nodes > treeNodesMax) throw new Error(`${tree}.file: ${nodes} nodes, at most ${treeNodesMax} fit`)
  }
  if (file.training !== undefined) checkTraining(file.training, featureNames(featureProfile(profile)))
  return profile
}

/** The files of one profile; remembers the bytes of each, for the hash. */
class ProfileFolder {
  private readonly folder: string
  private readonly contents = new Map<string, Buffer>()
  /** Hash of a model that is not built in. */
  private modelHash: string | undefined

  constructor(folder: string) {
    this.folder = folder
  }

  async yaml(name: string): Promise<unknown> {
    const text = await this.text(name)
    try {
      return parseYaml(text, { maxAliasCount: 100, uniqueKeys: true, logLevel: 'error' })
    } catch (error) {
      throw new Error(`${name}: ${messageOf(error).split('\n')[0]}`)
    }
  }

  /** Reads a table; gives what parses it, for whoever needs it. `where`: what in the profile names it. */
  async codes(where: string, name: string): Promise<() => CodeRow[]> {
    const text = await this.text(name).catch((error: unknown) => {
      throw new Error(`${where}: ${messageOf(error)}`)
    })
    return () => {
      try {
        const options = { columns: true, bom: true, skip_empty_lines: true, to: treeCodesMax + 1 } as const
        const rows = CsvRows.parse(parseCsv(text, options)).map(codeRow)
        if (rows.length > treeCodesMax) throw new Error(`more than ${treeCodesMax} rows`)
        return rows
      } catch (error) {
        throw new Error(`${where}: ${messageOf(error)}`)
      }
    }
  }

  /** The built-in name, or the path of the folder. */
  async model(name: string | null): Promise<string | null> {
    if (name === null || isBuiltInModel(name)) return name
    const folder = path.resolve(this.folder, name)
    try {
      this.modelHash = (await readModelFiles(folder)).hash
    } catch (error) {
      throw new Error(`model: ${messageOf(error)}`)
    }
    return folder
  }

  /**
   * sha256 over name, length and bytes of every file that was read, in the order of their names; line ends are line feeds, and where the
   * profile says in which folder its model lies, the hash of the model stands instead.
   */
  hash(): string {
    const contents = new Map([...this.contents].map(([name, bytes]) => [name, withLineFeeds(bytes)]))
    const yaml = contents.get(profileFile)
    if (this.modelHash !== undefined && yaml !== undefined) contents.set(profileFile, withModel(yaml, this.modelHash))
    return hashOver(contents)
  }

  /** Up to foldVersion 4 the bytes counted as they were. */
  formerHashes(): string[] {
    const former = hashOver(this.contents)
    return former === this.hash() ? [] : [former]
  }

  private async text(name: string): Promise<string> {
    const bytes = await readPlainFile(path.join(this.folder, name), fileBytesMax).catch((error: unknown) => {
      throw isMissing(error) ? new Error(`there is no ${name} beside the profile`) : error
    })
    this.contents.set(name, bytes)
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  }
}

function hashOver(contents: ReadonlyMap<string, Buffer>): string {
  const hash = createHash('sha256')
  for (const name of [...contents.keys()].sort()) {
    const bytes = contents.get(name) ?? Buffer.alloc(0)
    hash.update(`${name}\0${bytes.length}\0`).update(bytes)
  }
  return hash.digest('hex')
}

/** The profile's text with the hash of its model in the place of the model's path. */
function withModel(yaml: Buffer, hash: string): Buffer {
  const text = yaml.toString('utf8')
  const value = parseDocument(text).get('model', true)
  const [from, to] = isNode(value) ? (value.range ?? []) : []
  if (from === undefined || to === undefined) throw new Error('model: its place in the file is not known')
  return Buffer.from(`${text.slice(0, from)}${hash}${text.slice(to)}`)
}

/** `code,parent,name_zh,name_en,lat,lon,counts_at`: blank names are left out, blank centres, and blank nodes to count at. */
function codeRow(row: Readonly<Record<string, string>>, at: number): CodeRow {
  const { code, parent, counts_at: countsAt = '' } = row
  if (code === undefined || parent === undefined) throw new Error('the columns code and parent are needed')
  if (code === '') throw new Error(`row ${at + 1}: the code is blank`)
  const names = Object.entries(row).flatMap(([column, name]) =>
    /^name_[a-z]{2}$/.test(column) && name !== '' ? [[column.slice('name_'.length), name]] : [],
  )
  return {
    ...{ code, parent, names: Object.fromEntries(names), centre: centreOf(row, at) },
    ...(countsAt === '' ? {} : { countsAt }),
  }
}

const Degrees = z.strictObject({ lat: z.coerce.number().min(-90).max(90), lon: z.coerce.number().min(-180).max(180) })

function centreOf({ lat = '', lon = '' }: Readonly<Record<string, string>>, at: number): CodeRow['centre'] {
  if (lat === '' && lon === '') return undefined
  if (lat === '' || lon === '') throw new Error(`row ${at + 1}: lat and lon go together`)
  return checked(Degrees, { lat, lon }, `row ${at + 1}: `)
}

function checked<T>(schema: z.ZodType<T>, value: unknown, where: string): T {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const mistakes = mistakesIn(parsed.error.issues, 'the file')
  const told = mistakes.slice(0, mistakesMax)
  if (mistakes.length > mistakesMax) told.push(`and ${mistakes.length - mistakesMax} more`)
  throw new Error(where + told.join('; '))
}
