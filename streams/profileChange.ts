/**
 * In what two editions of a profile differ, and whether a log that runs can go from one to the other. Policy, words, sources, added
 * types and codes may change; what would change facts that are kept, or what was learnt from them, may not.
 */
import type { Profile } from './profile.ts'
import { type CodeTree, rootIndex, unknownCode, unknownIndex } from './tree.ts'

/** `path`: `eventTypes.PEN.FINE.severity`, `words.en.warning.cell`. `undefined`: it is not there. `refused`: why it may not change. */
export type ProfileChange = { path: string; before: unknown; after: unknown; refused?: string }

/** Why a value may not change; undefined when it may. */
type Rule = string | undefined
/** What belongs together in a list, such as a type; `gone`: why it may not be left out. */
type Entry = { path: string; gone: Rule }
type Value = { value: unknown; rule: Rule; entry: Entry | undefined }
type Values = Map<string, Value>

const kept = 'facts that are kept would mean something else'
const learnt = 'what was learnt so far would mean something else'
const inOrder = 'new ones stand behind those that there were'
const gone = 'facts that are kept are of it'
const goneCode = 'facts that are kept may lie there; let it count at another code (counts_at)'
const aroundUs = 'features of the kind nearby count by it'

/** Parts of the file that say nothing of kept facts; whatever is not listed here or below is refused. */
const free: readonly string[] = [
  ...['version', 'about', 'language', 'languages', 'earlier', 'statuses', 'training', 'knownAtMax', 'files'],
  ...['bandHysteresis', 'scoreStepMin', 'contributions'],
]
const freeOfWarnings: readonly string[] = [
  ...['levels', 'budget', 'orangeChildrenMin', 'eventsMin', 'enterprisesMin', 'redEnterprisesMin'],
  ...['raiseTicks', 'raiseOfTicks', 'clearTicks', 'historyTicksMin'],
]
const refusals: Readonly<Record<string, string>> = {
  name: 'it is another profile',
  model: 'the log keeps its first champion: promote another',
  enterpriseId: 'enterprises that are kept might not be named any more',
  label: learnt,
  features: learnt,
  halfLivesDays: learnt,
}

/** Every difference, in order of path. */
export function profileChanges(from: Profile, to: Profile): ProfileChange[] {
  const [before, after] = [valuesOf(from), valuesOf(to)]
  const [had, has] = [entriesOf(before), entriesOf(after)]
  const added = looksAround(from) ? aroundUs : undefined
  for (const [path, old, now] of [
    ['eventTypes', from.types.map(({ code }) => code), to.types.map(({ code }) => code)],
    ['sources', from.sources, to.sources],
  ] as const) {
    // Facts keep the number of a type and of a source.
    if (old.every((code, at) => code === now[at])) continue
    before.set(path, { value: old.join(', '), rule: inOrder, entry: undefined })
    after.set(path, { value: now.join(', '), rule: inOrder, entry: undefined })
  }
  return [...new Set([...before.keys(), ...after.keys()])].sort().flatMap((path) => {
    const [old, now] = [before.get(path), after.get(path)]
    if (old?.value === now?.value) return []
    const change = { path, before: old?.value, after: now?.value }
    const refused = refusal(old, now)
    return [refused === undefined ? change : { ...change, refused }]
  })

  function refusal(old: Value | undefined, now: Value | undefined): Rule {
    if (old?.entry !== undefined && !has.has(old.entry.path)) return old.entry.gone
    if (now?.entry !== undefined && !had.has(now.entry.path)) return added
    return (old ?? now)?.rule
  }
}

const looksAround = ({ file }: Profile): boolean => file.features.some(({ kind }) => kind === 'nearby')
const entriesOf = (values: Values): Set<string | undefined> =>
  new Set([...values.values()].map(({ entry }) => entry?.path))

function valuesOf(profile: Profile): Values {
  const values: Values = new Map()
  const { eventTypes, sources, grades, groups, bands, features, warnings, regions, industries, ...rest } = profile.file
  for (const [key, value] of Object.entries({ ...rest, model: profile.model }))
    walk(values, value, key, free.includes(key) ? undefined : (refusals[key] ?? kept))
  for (const [key, value] of Object.entries(warnings))
    walk(values, value, `warnings.${key}`, freeOfWarnings.includes(key) ? undefined : learnt)
  for (const [name, list] of Object.entries({ eventTypes, sources }))
    for (const one of list) parts(values, one, { path: `${name}.${one.code}`, gone }, kept)
  for (const [name, list] of Object.entries({ grades, groups, bands })) {
    values.set(name, { value: list.map(({ code }) => code).join(', '), rule: kept, entry: undefined })
    for (const one of list) parts(values, one, { path: `${name}.${one.code}`, gone: kept }, undefined)
  }
  walk(values, features, 'features', learnt)
  for (const [name, file, tree] of [
    ['regions', regions, profile.regions],
    ['industries', industries, profile.industries],
  ] as const) {
    for (const [key, value] of Object.entries(file))
      walk(values, value, `${name}.${key}`, key === 'levels' ? kept : undefined)
    codes(values, tree, `${name}.codes`, profile)
  }
  for (const [language, messages] of profile.messages) walk(values, messages, `words.${language}`, undefined)
  return values
}

/** The fields of an entry of a list; names may change. */
function parts(values: Values, fields: object, entry: Entry, rule: Rule): void {
  for (const [key, value] of Object.entries(fields))
    walk(values, value, `${entry.path}.${key}`, key === 'names' ? undefined : rule, entry)
}

function codes(values: Values, { nodes, others }: CodeTree, path: string, profile: Profile): void {
  const rule = looksAround(profile) ? aroundUs : undefined
  for (const { index, code, parent, names, centre } of nodes) {
    if (index === rootIndex || index === unknownIndex || code.endsWith(`/${unknownCode}`)) continue
    parts(values, { parent: nodes[parent].code, ...centre, names }, { path: `${path}.${code}`, gone: goneCode }, rule)
  }
  for (const { code, node, names } of others)
    parts(values, { counts_at: nodes[node].code, names }, { path: `${path}.${code}`, gone: rule }, rule)
}

function walk(values: Values, value: unknown, path: string, rule: Rule, entry?: Entry): void {
  if (typeof value === 'object' && value !== null)
    for (const [key, one] of Object.entries(value)) walk(values, one, `${path}.${key}`, rule, entry)
  else if (value !== undefined) values.set(path, { value, rule, entry })
}

/** By the number that a node has under one profile its number under the other. Types and sources keep theirs. */
export type Renumbering = { regions: Uint16Array; industries: Uint16Array }

/** @throws Error for a code that the other profile does not have: the change is refused. */
export function renumbering(from: Profile, to: Profile): Renumbering {
  return {
    regions: renumberedTree(from.regions, to.regions),
    industries: renumberedTree(from.industries, to.industries),
  }
}

/** Whether nothing has another number. */
export function isSameNumbering(codes: Renumbering): boolean {
  return Object.values(codes).every((numbers) => numbers.every((to, from) => to === from))
}

/** What lay at an inner code's UNKNOWN lies at the code itself where that has none any more: it counts at the same leaf. */
function renumberedTree(from: CodeTree, to: CodeTree): Uint16Array {
  return Uint16Array.from(from.nodes, ({ code }) => {
    const known = to.has(code) ? code : code.replace(new RegExp(`/${unknownCode}$`), '')
    if (!to.has(known)) throw new Error(`${code} is gone`)
    return to.find(known)
  })
}
