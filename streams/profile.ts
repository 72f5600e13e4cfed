/**
 * A profile is all that differs between one supervisor and another. It is data: `profile.yaml` with code tables as CSV and
 * language files beside it, checked by the schema below and compiled once into the indexed form that the fold works with.
 * docs/profiles.md walks through a whole one.
 */
import { z } from 'zod'
import { type Calendar, calendar, tickUnits } from './calendar.ts'
import { CreditGrade, Enterprise, RiskEvent } from './contracts.ts'
import { FileMapping } from './mapping.ts'
import { type CodeTree, codeTree, type CodeRow } from './tree.ts'

const name = z.string().regex(/^[a-z][a-z0-9-]{0,63}$/, 'lower-case letters, digits and -')
const code = z.string().min(1).max(32)
const names = z.record(z.string().regex(/^[a-z]{2}$/), z.string().min(1))

const treeFile = z.strictObject({
  /** CSV beside the profile with the columns code, parent, and one name column per language (`name_zh`, `name_en`). */
  file: z.string().regex(/^[\w.-]+\.csv$/),
  version: z.string().min(1),
  source: z.string().min(1),
  license: z.string().min(1),
  levels: z.array(name).min(1).max(6),
  root: names,
})

const eventType = z.strictObject({
  code,
  group: code,
  severity: z.int().min(1).max(5),
  /** An adverse outcome: what a model predicts. */
  outcome: z.boolean().default(false),
  /** Whether fresh events of this type count in cells that are judged; others are shown only. */
  judged: z.boolean().default(true),
  /** Known later than this after it occurred, an event is stale: kept and scored, never judged. */
  freshDaysMax: z.number().positive(),
  names: names.optional(),
})

/** One step of the ladder of warning levels: how sure (q, the false discovery rate) and how large (rate ratio). */
const levelRule = z.strictObject({ qMax: z.number().positive().max(1), rateRatioMin: z.number().min(1) })

const warningPolicy = z.strictObject({
  /** Levels of the region tree and of the industry tree at which counts are judged; the deepest are the leaves of cells. */
  regionLevels: z.array(name).min(1),
  industryLevels: z.array(name).min(1),
  detector: z.enum(['recursive-glm', 'ears-c1', 'ears-c2', 'ears-c3']).default('recursive-glm'),
  levels: z.strictObject({ blue: levelRule, yellow: levelRule, orange: levelRule, red: levelRule }),
  /** So many warned child cells make a warning orange (it must be blue by itself). */
  orangeChildrenMin: z.int().min(1),
  /** A warning needs at least so many events, and red so many different enterprises. */
  eventsMin: z.int().min(1),
  redEnterprisesMin: z.int().min(1),
  /** Raise when at least `raiseTicks` of the last `raiseOfTicks` ticks call for it; red at once. */
  raiseTicks: z.int().min(1),
  raiseOfTicks: z.int().min(1).max(12),
  /** Quiet ticks (below half of the blue threshold) before a warning goes down one level. */
  clearTicks: z.int().min(1).max(24),
  /** A cell is judged from its n-th tick on; before that it only learns. */
  historyTicksMin: z.int().min(1),
})
export type WarningPolicy = z.infer<typeof warningPolicy>

export const ProfileFile = z.strictObject({
  name,
  version: z.string().min(1),
  about: z.string().min(1),
  language: z.string().regex(/^[a-z]{2}$/),
  languages: z.array(z.string().regex(/^[a-z]{2}$/)).min(1),
  enterpriseId: z.strictObject({
    /** A regular expression over the whole id. An id that does not match goes to the dead letters; `place:` ids need not. */
    pattern: z.string().min(1),
    /** A check digit that fails is flagged and counted; the record is kept, since genuine ids fail it. */
    check: z.enum(['none', 'uscc']).default('none'),
  }),
  regions: treeFile,
  industries: treeFile,
  /** Best first. Empty: this supervisor has no grades. `highRiskRate`: share with problems when inspected at random, if known. */
  grades: z.array(z.strictObject({ code, names: names.optional(), highRiskRate: z.number().min(0).max(1).optional() })).max(7),
  groups: z.array(z.strictObject({ code, names: names.optional() })).min(1).max(32),
  eventTypes: z.array(eventType).min(1).max(255),
  sources: z.array(z.strictObject({ code, names: names.optional() })).max(31),
  /** Half-lives of decayed sums, in days. */
  halfLivesDays: z.array(z.number().positive()).min(1).max(8),
  /** Numeric attributes of events that are kept with each fact, in the order of their columns. */
  factColumns: z.array(z.string().min(1).max(64)).max(8).default([]),
  label: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('none') }),
    z.strictObject({ kind: z.literal('outcome-within'), days: z.number().positive(), delayDays: z.number().min(0) }),
  ]),
  tick: z.strictObject({ unit: z.enum(tickUnits), utcOffsetMinutes: z.int().min(-720).max(840) }),
  /** Names of the bands, lowest first; their probabilities stand in the model. */
  bands: z.array(z.strictObject({ code, names: names.optional() })).min(2).max(7),
  /** A score must fall so far below a band's lower edge before the band is left. */
  bandHysteresis: z.number().min(0).max(0.5),
  /** A score is published when it moved by so much since the last one published, or when its band changed. */
  scoreStepMin: z.number().positive().max(1),
  /** The model that scores until another is promoted: a folder under models/, or a path beside the profile. `null`: cells only. */
  model: z.string().min(1).nullable(),
  warnings: warningPolicy,
  /** Imports refuse lines that became known after this. */
  knownAtMax: z.iso.datetime({ offset: true }).optional(),
  /** How CSV files of this supervisor become records. */
  files: z.strictObject({ 'risk-events': FileMapping.optional(), 'credit-grades': FileMapping.optional(), enterprises: FileMapping.optional() }).default({}),
})
export type ProfileFile = z.infer<typeof ProfileFile>

/** Words of one language: sentences with {placeholders}, by key. */
export const Messages = z.record(z.string(), z.string())
export type Messages = z.infer<typeof Messages>

export type EventType = { index: number; code: string; group: number; severity: number; outcome: boolean; judged: boolean; freshMsMax: number; names: Readonly<Record<string, string>> }

/** No grade is a category of its own: index 0. Grade codes follow, best first. */
export const noGrade = 0

/** A source that the profile does not list is OTHER: index 0. */
export const otherSource = 0

/** The compiled profile: everything by index. */
export type Profile = {
  readonly file: ProfileFile
  /** sha256 of every file of the profile; names it in warnings and in the log. */
  readonly hash: string
  readonly regions: CodeTree
  readonly industries: CodeTree
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
  readonly messages: ReadonlyMap<string, Messages>
}

export type ProfileSource = { file: ProfileFile; hash: string; regions: readonly CodeRow[]; industries: readonly CodeRow[]; messages: ReadonlyMap<string, Messages> }

/** @throws Error with the path of the mistake: `eventTypes.3.group: X is none of the groups`. */
export function compileProfile({ file, hash, regions, industries, messages }: ProfileSource): Profile {
  const groups = unique('groups', file.groups.map((group) => group.code))
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
  const typeIndex = indexed(unique('eventTypes', file.eventTypes.map((type) => type.code)))
  const grades = unique('grades', ['none', ...file.grades.map((grade) => grade.code)])
  const sources = unique('sources', ['OTHER', ...file.sources.map((source) => source.code)])
  unique('bands', file.bands.map((band) => band.code))
  unique('factColumns', file.factColumns)
  checkLanguages(file, messages)
  checkFiles(file.files)
  if (file.warnings.raiseTicks > file.warnings.raiseOfTicks) throw new Error('warnings.raiseTicks: more than raiseOfTicks')
  return {
    file,
    hash,
    calendar: calendar(file.tick.unit, file.tick.utcOffsetMinutes),
    regions: tree('regions', file.regions, regions, file.warnings.regionLevels),
    industries: tree('industries', file.industries, industries, file.warnings.industryLevels),
    idPattern: pattern(file.enterpriseId.pattern),
    types,
    typeIndex,
    groups,
    grades,
    gradeIndex: indexed(grades),
    sources,
    sourceIndex: indexed(sources),
    messages,
  }
}

/** A sentence that one language has, every language has. */
function checkLanguages({ language, languages }: ProfileFile, messages: ReadonlyMap<string, Messages>): void {
  if (!languages.includes(language)) throw new Error(`language: ${language} is none of ${languages.join(', ')}`)
  unique('languages', languages)
  const lists = languages.map((one) => {
    const found = messages.get(one)
    if (found === undefined) throw new Error(`languages: there is no ${one}.yaml beside the profile`)
    return { one, keys: new Set(Object.keys(found)) }
  })
  for (const { one, keys } of lists) {
    for (const other of lists) {
      const lacking = [...other.keys].find((key) => !keys.has(key))
      if (lacking !== undefined) throw new Error(`${one}.yaml: ${lacking} is missing, ${other.one}.yaml has it`)
    }
  }
}

const contracts = { 'risk-events': RiskEvent, 'credit-grades': CreditGrade, enterprises: Enterprise } as const

/** A mapping names fields of its contract only, and all that the contract needs. */
function checkFiles(files: ProfileFile['files']): void {
  for (const [name, contract] of Object.entries(contracts)) {
    const fields = Object.entries(files).find(([file]) => file === name)?.[1]?.fields
    if (fields === undefined) continue
    const path = `files.${name}.fields`
    const shape: Readonly<Record<string, z.ZodType>> = contract.shape
    for (const field of Object.keys(fields)) {
      if (field === 'attributes' || !Object.hasOwn(shape, field)) throw new Error(`${path}.${field}: no such field in the contract`)
    }
    for (const [field, schema] of Object.entries(shape)) {
      if (!Object.hasOwn(fields, field) && !schema.safeParse(undefined).success) throw new Error(`${path}: ${field} is missing`)
    }
  }
}

function tree(path: string, file: z.infer<typeof treeFile>, rows: readonly CodeRow[], judgedLevels: readonly string[]): CodeTree {
  unique(`${path}.levels`, file.levels)
  for (const level of judgedLevels) indexIn(file.levels, level, `warnings.${path === 'regions' ? 'regionLevels' : 'industryLevels'}`)
  const deepest = judgedLevels.reduce((a, b) => (file.levels.indexOf(b) > file.levels.indexOf(a) ? b : a))
  try {
    return codeTree(rows, file.levels, deepest, file.root)
  } catch (error) {
    throw new Error(`${path}.file ${file.file}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function pattern(text: string): RegExp {
  try {
    new RegExp(text) // by itself first: `a)|(b` is none, though it would be one between the brackets
    return new RegExp(`^(?:${text})$`)
  } catch {
    throw new Error(`enterpriseId.pattern: ${text} is no regular expression`)
  }
}

function unique(path: string, codes: readonly string[]): readonly string[] {
  const twice = codes.find((one, at) => codes.indexOf(one) !== at)
  if (twice !== undefined) throw new Error(`${path}: ${twice} stands twice`)
  return codes
}

function indexIn(codes: readonly string[], one: string, path: string): number {
  const index = codes.indexOf(one)
  if (index < 0) throw new Error(`${path}: ${one} is none of ${codes.join(', ')}`)
  return index
}

function indexed(codes: readonly string[]): ReadonlyMap<string, number> {
  return new Map(codes.map((one, index) => [one, index]))
}
