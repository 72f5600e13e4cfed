/** What the schema of a profile cannot say: each check throws an Error with the path of the mistake. */
import type { z } from 'zod'
import { CreditGrade, Enterprise, RiskEvent } from './contracts.ts'
import type { Messages, ProfileFile } from './profileFile.ts'

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

/** A mapping names fields of its contract only, and all that the contract needs. */
export function checkFiles(files: ProfileFile['files']): void {
  for (const [name, contract] of Object.entries(contracts)) {
    const fields = Object.entries(files).find(([file]) => file === name)?.[1]?.fields
    if (fields === undefined) continue
    const path = `files.${name}.fields`
    const shape: Readonly<Record<string, z.ZodType>> = contract.shape
    for (const field of Object.keys(fields)) {
      if (field === 'attributes' || !Object.hasOwn(shape, field))
        throw new Error(`${path}.${field}: no such field in the contract`)
    }
    for (const [field, schema] of Object.entries(shape)) {
      if (!Object.hasOwn(fields, field) && !schema.safeParse(undefined).success)
        throw new Error(`${path}: ${field} is missing`)
    }
  }
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
    if (feature.kind === 'latest' && !factColumns.includes(feature.column))
      throw new Error(`${path}.column: ${feature.column} is none of the factColumns`)
  }
  if (label.kind !== 'result-of-event') return
  check('label.of', label.of)
  for (const [at, one] of label.positive.entries())
    if (!label.of.includes(one)) throw new Error(`label.positive.${at}: ${one} is none of label.of`)
}
