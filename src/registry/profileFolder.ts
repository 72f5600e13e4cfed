/**
 * A profile folder as bytes: its hash, which is its version, and the profile in it. Where the bytes come from, disk or log, makes no
 * difference: the files that are hashed are those that travel in a log, so a log holds every profile that it was folded with.
 */
import { createHash } from 'node:crypto'
import { parse as parseCsv } from 'csv-parse/sync'
import { isNode, parseDocument, parse as parseYaml } from 'yaml'
import { z } from 'zod'
import { featureNames } from '../../models/features.ts'
import { compileProfile, Messages, type Profile, ProfileFile } from '../../streams/profile.ts'
import { checkTraining } from '../../streams/training.ts'
import type { CodeRow } from '../../streams/tree.ts'
import { messageOf, mistakesIn } from '../errors.ts'
import { featureProfile } from '../featureProfile.ts'
import { KiB, misfitTextMax, treeCodesMax, treeNodesMax } from '../limits.ts'
import { withLineFeeds } from '../lineEnds.ts'
import type { FolderFiles } from './modelFolder.ts'

/** What every profile folder holds. */
export const profileFile = 'profile.yaml'
const mistakesMax = 5
const yamlBytesMax = 256 * KiB // the largest of the built-in profiles has 13 KB; one that is nested without end takes seconds to refuse

const CsvRows = z.array(z.record(z.string(), z.string()))
const NeighbourRows = z.array(z.object({ one: z.string(), other: z.string() }))

/** The model of a folder as the process that reads it knows it: where it lies, and its hash unless it is a built-in one. */
export type NamedModel = { name: string | null; hash: string | undefined }

/** The bytes of one file of a folder. @throws Error when there is none. */
export type ReadFile = (name: string) => Uint8Array

/** The files of one profile; remembers the bytes of each, for the hash. */
export class ProfileFolder {
  readonly file: ProfileFile
  readonly #read: ReadFile
  readonly #contents = new Map<string, Buffer>()

  /** @throws Error that says `path.to.the.mistake: what is wrong`, as `compiled` does. */
  constructor(read: ReadFile) {
    this.#read = read
    this.file = checked(ProfileFile, this.#yaml(profileFile), '')
  }

  /** Of the files that are read beside the profile. */
  get names(): string[] {
    const { languages, regions, industries, earlier } = this.file
    const tables = [regions.file, industries.file, ...earlier.flatMap((one) => [one.regions, one.industries])]
    const pairs = regions.neighbours === undefined ? [] : [regions.neighbours.file]
    return [...languages.map((language) => `${language}.yaml`), ...tables.flatMap((name) => name ?? []), ...pairs]
  }

  /** `model`: the one that the file names. */
  compiled(model: NamedModel): Profile {
    const messages = new Map(this.file.languages.map((language) => [language, this.#messages(language)]))
    const regions = this.#codes('regions.file', this.file.regions.file)()
    const industries = this.#codes('industries.file', this.file.industries.file)()
    const neighbours = this.#neighbours()
    const source = {
      ...{ file: { ...this.file, model: model.name }, messages, regions, industries, neighbours },
      model: model.hash ?? model.name,
    }
    const earlier = new Map<string, () => Profile>()
    for (const [at, { hash, ...tables }] of this.file.earlier.entries()) {
      const regionsThen = this.#codes(`earlier.${at}.regions`, tables.regions ?? this.file.regions.file)
      const industriesThen = this.#codes(`earlier.${at}.industries`, tables.industries ?? this.file.industries.file)
      earlier.set(hash, () => compileProfile({ ...source, hash, regions: regionsThen(), industries: industriesThen() }))
    }
    const hash = profileHash(this.filesToKeep(model))
    const former = profileHash(this.#contents) // up to foldVersion 4 the bytes counted as they were
    const profile = compileProfile({ ...source, hash, formerHashes: former === hash ? [] : [former], earlier })
    for (const tree of ['regions', 'industries'] as const) {
      const nodes = profile[tree].nodes.length
      if (nodes > treeNodesMax) throw new Error(`${tree}.file: ${nodes} nodes, at most ${treeNodesMax} fit`)
    }
    if (this.file.training !== undefined) checkTraining(this.file.training, featureNames(featureProfile(profile)))
    return profile
  }

  /** Every file that was read, as it is hashed and goes into a log: line ends are line feeds, and a model that lies in a folder is named by its hash. */
  filesToKeep({ hash }: NamedModel): Map<string, Uint8Array> {
    const kept = new Map([...this.#contents].map(([name, bytes]) => [name, withLineFeeds(bytes)]))
    const yaml = kept.get(profileFile)
    if (hash !== undefined && yaml !== undefined) kept.set(profileFile, withModel(yaml, hash))
    return kept
  }

  #messages(language: string): Messages {
    const name = `${language}.yaml`
    return checked(
      Messages,
      within('languages', () => this.#yaml(name)),
      `${name}: `,
    )
  }

  #yaml(name: string): unknown {
    const text = this.#text(name)
    if (text.length > yamlBytesMax) throw new Error(`${name} is larger than ${yamlBytesMax} bytes`)
    try {
      return parseYaml(text, { maxAliasCount: 100, uniqueKeys: true, logLevel: 'error' })
    } catch (error) {
      // How deep a parser can go differs between machines, and a task repeats what it is told.
      const why = messageOf(error).split('\n')[0]
      throw new Error(`${name}: ${/call stack/.test(why) ? 'it is nested too deeply' : why}`)
    }
  }

  /** Reads a table; gives what parses it, for whoever needs it. `where`: what in the profile names it. */
  #codes(where: string, name: string): () => CodeRow[] {
    const text = within(where, () => this.#text(name))
    return () =>
      within(where, () => {
        const options = { columns: true, bom: true, skip_empty_lines: true, to: treeCodesMax + 1 } as const
        const rows = CsvRows.parse(parseCsv(text, options)).map(codeRow)
        if (rows.length > treeCodesMax) throw new Error(`more than ${treeCodesMax} rows`)
        return rows
      })
  }

  #neighbours(): [string, string][] {
    const { neighbours } = this.file.regions
    if (neighbours === undefined) return []
    return within('regions.neighbours.file', () => {
      const text = this.#text(neighbours.file)
      const options = { columns: true, bom: true, skip_empty_lines: true, to: treeCodesMax + 1 } as const
      const rows = NeighbourRows.parse(parseCsv(text, options))
      if (rows.length > treeCodesMax) throw new Error(`more than ${treeCodesMax} rows`)
      return rows.map(({ one, other }): [string, string] => [one, other])
    })
  }

  #text(name: string): string {
    const bytes = Buffer.from(this.#read(name))
    this.#contents.set(name, bytes)
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  }
}

/** The profile of an artefact. @throws Error with the path of the mistake. */
export function profileIn(files: FolderFiles): Profile {
  const folder = new ProfileFolder((name) => {
    const bytes = files.get(name)
    if (bytes === undefined) throw new Error(`there is no ${name} beside the profile`)
    return bytes
  })
  return folder.compiled({ name: folder.file.model, hash: undefined })
}

/** Why the files of an artefact are no profile; undefined when they are one. */
export function profileMisfit(files: FolderFiles, hash: string): string | undefined {
  try {
    return profileIn(files).hash === hash ? undefined : 'it holds a file that the profile does not name'
  } catch (error) {
    return messageOf(error).slice(0, misfitTextMax)
  }
}

/** sha256 over name, length and bytes of every file, in the order of their names. */
export function profileHash(contents: FolderFiles): string {
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

/** @throws Error that begins with the place in the profile that named what is read. */
function within<T>(where: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw new Error(`${where}: ${messageOf(error)}`)
  }
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
