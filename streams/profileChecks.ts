/** What the schema of a profile cannot say: each check throws an Error with the path of the mistake. */
import type { z } from 'zod'
import { CreditGrade, Enterprise, RiskEvent } from './contracts.ts'
import { type FileMapping, recordMappings } from './mapping.ts'
import type { Messages, ProfileFile } from './profileFile.ts'
import { type RecordTopic, recordTopics } from './topics.ts'

/** The codes themselves; `path` is where they stand in the profile. */
export function unique(path: string, codes: readonly string[]): readonly string[] {
  const twice = codes.find((one, at) => codes.indexOf(one) !== at)
  if (twice !== undefined) throw new Error(`${path}: ${twice} stands twice`)
  return codes
}

/** A sentence that one language has, every language has. */
export function checkLanguages({ language, languages }: ProfileFile, messages: ReadonlyMap<string, Messages>): void {
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

/** What a profile can train: there is a label, and one share for each edge between its bands. */
export function checkLabelAndBands({ training, label, bands }: ProfileFile): void {
  if (training === undefined) return
  if (label.kind === 'none') throw new Error('training: label.kind is none, there is nothing to learn')
  if (training.bandShares.length !== bands.length - 1)
    throw new Error(
      `training.bandShares: ${training.bandShares.length} shares for ${bands.length} bands, one less is needed`,
    )
}

const contracts = { 'risk-events': RiskEvent, 'credit-grades': CreditGrade, enterprises: Enterprise } as const

/** A mapping is of a kind, names fields of its contract only and all that the contract needs, and says of all records or of none when they became known. */
export function checkFiles(files: ProfileFile['files']): void {
  for (const [name, mapping] of Object.entries(files)) {
    const path = `files.${name}`
    const kind = kindOf(name, mapping, path)
    checkFields(mapping, kind, path)
    const whole = recordMappings(mapping)
    for (const [at, own] of (mapping.records ?? []).entries()) checkFields(own, kind, `${path}.records.${at}`)
    for (const [at, { fields, knownAt }] of whole.entries()) {
      const where = mapping.records === undefined ? path : `${path}.records.${at}`
      for (const field of requiredFields(kind))
        if (!Object.hasOwn(fields, field)) throw new Error(`${where}.fields: ${field} is missing`)
      if ((knownAt === undefined) !== (whole[0].knownAt === undefined))
        throw new Error(`${where}.knownAt: all records of a file say when they became known, or none does`)
    }
  }
}

/** The kind of a mapping of the profile: that of its name, or what `as` says. */
export function kindOf(name: string, { as }: Pick<FileMapping, 'as'>, path = `files.${name}`): RecordTopic {
  const own = recordTopics.find((kind) => kind === name)
  const kind = own ?? as
  if (kind === undefined) throw new Error(`${path}.as: is missing, one of ${recordTopics.join(', ')}`)
  if (as !== undefined && as !== kind) throw new Error(`${path}.as: ${as}, but a mapping of this name is of ${kind}`)
  return kind
}

function checkFields(
  { fields, attributes }: Pick<FileMapping, 'fields' | 'attributes'>,
  kind: RecordTopic,
  path: string,
): void {
  const known = new Map(shapeOf(kind))
  for (const field of Object.keys(fields)) {
    if (field === 'attributes' || !known.has(field))
      throw new Error(`${path}.fields.${field}: no such field in the contract`)
  }
  const [attribute] = Object.keys(attributes)
  if (attribute !== undefined && !known.has('attributes'))
    throw new Error(`${path}.attributes.${attribute}: records of ${kind} have no attributes`)
}

/** Fields without which the contract refuses a record. */
export function requiredFields(kind: RecordTopic): string[] {
  return shapeOf(kind).flatMap(([field, schema]) => (schema.safeParse(undefined).success ? [] : [field]))
}

function shapeOf(kind: RecordTopic): [field: string, schema: z.ZodType][] {
  return Object.entries(contracts[kind].shape)
}

/** Declared features and the label name event types and columns that the profile has; names are not used twice. */
export function checkFeatures({ features, label, eventTypes, factColumns }: ProfileFile): void {
  const known = new Set(eventTypes.map(({ code }) => code))
  const check = (path: string, codes: readonly string[]): void => {
    const unknown = codes.findIndex((one) => !known.has(one))
    if (unknown >= 0) throw new Error(`${path}.${unknown}: ${codes[unknown]} is none of the eventTypes`)
  }
  unique(
    'features',
    features.map(({ name }) => name),
  )
  for (const [at, feature] of features.entries()) {
    const path = `features.${at}`
    if (feature.kind === 'place') continue // its codes are looked up where the trees are
    check(`${path}.of`, feature.of)
    if ((feature.kind === 'rate' || feature.kind === 'nearby') && feature.per !== undefined)
      check(`${path}.per`, feature.per)
    if (
      feature.kind === 'nearby' &&
      feature.around !== undefined &&
      (feature.axis !== 'region' || feature.per === undefined)
    )
      throw new Error(`${path}.around: is for rates by region, with per`)
    if (feature.kind === 'nearby' && feature.axis === 'whole' && feature.level !== undefined)
      throw new Error(`${path}.level: is for a region or an industry`)
    if (feature.kind === 'nearby' && feature.sameGrade !== undefined && feature.per === undefined)
      throw new Error(`${path}.sameGrade: is for rates, with per`)
    if (feature.kind === 'latest' && !factColumns.includes(feature.column))
      throw new Error(`${path}.column: ${feature.column} is none of the factColumns`)
  }
  if (label.kind !== 'result-of-event') return
  check('label.of', label.of)
  for (const [at, one] of label.positive.entries())
    if (!label.of.includes(one)) throw new Error(`label.positive.${at}: ${one} is none of label.of`)
}
