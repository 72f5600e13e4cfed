/**
 * A profile is all that differs between one supervisor and another. It is data: `profile.yaml` with code tables as CSV and
 * language files beside it, checked by the schema (profileFile.ts) and compiled here, once, into the indexed form that the fold
 * works with. docs/profiles.md walks through a whole one.
 */
import { type Calendar, calendar } from './calendar.ts'
import { idPattern } from './idPattern.ts'
import { checkFeatures, checkFiles, checkLabelAndBands, checkLanguages, unique } from './profileChecks.ts'
import type { Messages, ProfileFile } from './profileFile.ts'
import { speller } from './spellings.ts'
import { statusReader } from './statuses.ts'
import { type CodeRow, type CodeTree, codeTree } from './tree.ts'

export { Messages, ProfileFile, type WarningPolicy } from './profileFile.ts'

export type EventType = {
  index: number
  code: string
  group: number
  severity: number
  outcome: boolean
  judged: boolean
  freshMsMax: number
  names: Readonly<Record<string, string>>
}

/** No grade is a category of its own: index 0. Grade codes follow, best first. */
export const noGrade = 0

/** A source that the profile does not list is OTHER: index 0. */
export const otherSource = 0

/** The compiled profile: everything by index. */
export type Profile = {
  readonly file: ProfileFile
  /** sha256 over the content of every file of the profile and of its model; names it in warnings and in the log. */
  readonly hash: string
  /** Hashes that it had in logs of earlier versions. */
  readonly formerHashes: readonly string[]
  /** Names the first champion wherever the profile lies: a built-in model, or the hash of another. */
  readonly model: string | null
  readonly regions: CodeTree
  readonly industries: CodeTree
  /** Regions that touch a region, in ascending order; empty where the profile says nothing of it. */
  readonly neighbours: ReadonlyMap<number, readonly number[]>
  readonly calendar: Calendar
  readonly idPattern: RegExp
  readonly types: readonly EventType[]
  readonly typeIndex: ReadonlyMap<string, number>
  readonly groups: readonly string[]
  /** `['none', 'A', 'B', 'C', 'D']` */
  readonly grades: readonly string[]
  readonly gradeIndex: ReadonlyMap<string, number>
  /** `['OTHER', ...]` */
  readonly sources: readonly string[]
  readonly sourceIndex: ReadonlyMap<string, number>
  /** What a register's word for the status of an enterprise means; undefined for a word that nobody has listed. */
  readonly statusOf: (text: string) => 'active' | 'closed' | undefined
  readonly messages: ReadonlyMap<string, Messages>
  /** Earlier editions, by hash: a log that was begun with one goes on with it. */
  readonly earlier: ReadonlyMap<string, () => Profile>
}

/** Of a log that runs: another profile may take its place. */
export type ProfileInForce = { readonly profile: Profile }

export type ProfileSource = {
  file: ProfileFile
  hash: string
  formerHashes?: readonly string[]
  model?: string | null
  regions: readonly CodeRow[]
  industries: readonly CodeRow[]
  /** Pairs of codes of regions that touch. */
  neighbours?: readonly (readonly [string, string])[]
  messages: ReadonlyMap<string, Messages>
  earlier?: ReadonlyMap<string, () => Profile>
}

/** @throws Error with the path of the mistake: `eventTypes.3.group: X is none of the groups`. */
export function compileProfile(source: ProfileSource): Profile {
  const {
    file,
    hash,
    formerHashes = [],
    model = file.model,
    regions,
    industries,
    neighbours = [],
    messages,
    earlier = new Map(),
  } = source
  const groups = unique(
    'groups',
    file.groups.map((group) => group.code),
  )
  const types = file.eventTypes.map((type, index) => ({
    index,
    code: type.code,
    group: indexIn(groups, type.group, `eventTypes.${index}.group`),
    severity: type.severity,
    outcome: type.outcome,
    judged: type.judged,
    freshMsMax: type.freshDaysMax * 86_400_000,
    names: type.names ?? {},
  }))
  const typeIndex = indexed(
    unique(
      'eventTypes',
      file.eventTypes.map((type) => type.code),
    ),
  )
  const grades = unique('grades', ['none', ...file.grades.map((grade) => grade.code)])
  const sources = unique('sources', ['OTHER', ...file.sources.map((source) => source.code)])
  unique(
    'bands',
    file.bands.map((band) => band.code),
  )
  unique('factColumns', file.factColumns)
  checkLanguages(file, messages)
  checkFiles(file.files)
  checkFeatures(file)
  checkLabelAndBands(file)
  const trees = {
    regions: spelt('regions', file.regions, tree('regions', file.regions, regions, file.warnings.regionLevels)),
    industries: spelt(
      'industries',
      file.industries,
      tree('industries', file.industries, industries, file.warnings.industryLevels),
    ),
  }
  checkPlaces(file.features, trees)
  checkTiles(file.regions.tiles ?? {}, trees.regions)
  return {
    file,
    hash,
    formerHashes,
    model,
    ...trees,
    neighbours: neighbourhood(trees.regions, neighbours),
    calendar: calendar(file.tick.unit, file.tick.utcOffsetMinutes),
    idPattern: idPattern(file.enterpriseId.pattern),
    types,
    typeIndex,
    groups,
    grades,
    gradeIndex: indexed(grades),
    sources,
    sourceIndex: indexed(sources),
    statusOf: statusReader(file.statuses),
    messages,
    earlier,
  }
}

/** Whether a log that was begun under a hash is of this profile. */
export function isHashOf({ hash, formerHashes }: Pick<Profile, 'hash' | 'formerHashes'>, one: string): boolean {
  return one === hash || formerHashes.includes(one)
}

/** Codes and levels of declared features are in the trees: else they would be 0 for ever; without centres nothing is around. */
/** @throws Error for a code that is no node, or a pair of two levels. */
function neighbourhood(tree: CodeTree, pairs: readonly (readonly [string, string])[]): Map<number, number[]> {
  const found = new Map<number, Set<number>>()
  for (const [row, pair] of pairs.entries()) {
    const [one, other] = pair.map((code) => {
      if (code !== '' && tree.has(code)) return tree.find(code)
      throw new Error(`regions.neighbours.file: row ${row + 1}: ${code} is no region`)
    })
    if (one === other || tree.nodes[one].depth !== tree.nodes[other].depth)
      throw new Error(`regions.neighbours.file: row ${row + 1}: ${pair.join(' and ')} are not two regions of one level`)
    found.set(one, (found.get(one) ?? new Set()).add(other))
    found.set(other, (found.get(other) ?? new Set()).add(one))
  }
  return new Map([...found].map(([node, others]) => [node, [...others].sort((a, b) => a - b)]))
}

/** Each tile is of an outermost region, and no two lie on each other. @throws Error. */
function checkTiles(tiles: NonNullable<ProfileFile['regions']['tiles']>, tree: CodeTree): void {
  const taken = new Map<string, string>()
  for (const [code, place] of Object.entries(tiles)) {
    if (!tree.has(code) || tree.nodes[tree.find(code)].depth !== 1)
      throw new Error(`regions.tiles: ${code} is no region of the outermost level`)
    const other = taken.get(place.join())
    if (other !== undefined) throw new Error(`regions.tiles: ${other} and ${code} lie on one tile`)
    taken.set(place.join(), code)
  }
}

function checkPlaces(features: ProfileFile['features'], trees: Pick<Profile, 'regions' | 'industries'>): void {
  const hasCentres = trees.regions.nodes.some(({ centre }) => centre !== undefined)
  for (const [at, feature] of features.entries()) {
    if (feature.kind === 'nearby' && feature.around !== undefined && !hasCentres)
      throw new Error(`features.${at}.around: no region has lat and lon`)
    if (feature.kind !== 'place' && feature.kind !== 'nearby') continue
    const { has, levels } = feature.axis === 'industry' ? trees.industries : trees.regions
    if (feature.kind === 'nearby') {
      if (feature.level !== undefined) indexIn(levels, feature.level, `features.${at}.level`)
      continue
    }
    const unknown = feature.codes.findIndex((code) => !has(code))
    if (unknown >= 0) throw new Error(`features.${at}.codes.${unknown}: the tree has no ${feature.codes[unknown]}`)
  }
}

function spelt(path: string, { spellings }: ProfileFile['regions'], table: CodeTree): CodeTree {
  try {
    return { ...table, read: speller(table, spellings) }
  } catch (error) {
    throw new Error(`${path}.${error instanceof Error ? error.message : String(error)}`)
  }
}

function tree(
  path: string,
  file: ProfileFile['regions'],
  rows: readonly CodeRow[],
  judgedLevels: readonly string[],
): CodeTree {
  unique(`${path}.levels`, file.levels)
  for (const level of judgedLevels)
    indexIn(file.levels, level, `warnings.${path === 'regions' ? 'regionLevels' : 'industryLevels'}`)
  const deepest = judgedLevels.reduce((a, b) => (file.levels.indexOf(b) > file.levels.indexOf(a) ? b : a))
  try {
    return codeTree(rows, file.levels, deepest, file.root)
  } catch (error) {
    throw new Error(`${path}.file ${file.file}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function indexIn(codes: readonly string[], one: string, path: string): number {
  const index = codes.indexOf(one)
  if (index < 0) throw new Error(`${path}: ${one} is none of ${codes.join(', ')}`)
  return index
}

function indexed(codes: readonly string[]): ReadonlyMap<string, number> {
  return new Map(codes.map((one, index) => [one, index]))
}
