/** What the features need to know of a profile; scoring, training rows and explanations share it. */
import { createHash } from 'node:crypto'
import type { CompiledFeature } from '../models/declared.ts'
import { type FeatureProfile, featureNames, knownNames } from '../models/features.ts'
import type { RiskModel } from '../models/risk/riskModel.ts'
import type { Profile } from '../streams/profile.ts'
import { unknownCode } from '../streams/tree.ts'
import { horizonHours, hoursPerDay } from './limits.ts'

export function featureProfile(profile: Profile): FeatureProfile {
  return {
    groups: profile.groups,
    groupOfType: profile.types.map((type) => type.group),
    halfLivesDays: profile.file.halfLivesDays,
    grades: profile.grades,
    horizonHours,
    declared: declaredFeatures(profile),
  }
}

/**
 * sha256 over the features that a profile computes: their names, and all that defines them. A profile with other warnings, words or
 * bands has the same features; one with another half-life, type, severity or declaration has others.
 */
export function featuresHash(profile: Profile): string {
  const { groups, grades, types, file, regions, industries } = profile
  const definitions = {
    names: featureNames(featureProfile(profile)),
    types: types.map(({ code, group, severity }) => [code, groups[group], severity]),
    grades,
    halfLivesDays: file.halfLivesDays,
    horizonHours,
    factColumns: file.factColumns,
    declared: file.features,
    // What is nearby, places and peers stand on the trees; places that warnings alone count by are not of them.
    trees: [regions, industries].map(({ nodes }) =>
      nodes
        .filter(({ code }) => !code.endsWith(`/${unknownCode}`))
        .map(({ code, parent, centre }) => [code, nodes[parent].code, centre?.lat, centre?.lon]),
    ),
  }
  return createHash('sha256').update(JSON.stringify(definitions)).digest('hex')
}

type Declared = Profile['file']['features'][number]
/** One value of a place: of what happens around it, or of where it lies. */
export type PlaceFeature =
  | Extract<Declared, { kind: 'nearby' }>
  | { kind: 'place'; name: string; axis: 'region' | 'industry'; code: string }

/** @throws Error when a model asks for a feature that the profile does not have, or has other bands. */
export function checkFit(profile: Profile, model: Pick<RiskModel, 'featureNames' | 'bandEdges'>): void {
  knownNames(featureProfile(profile), model.featureNames)
  if (model.bandEdges.length !== profile.file.bands.length - 1)
    throw new Error(`bandEdges: ${model.bandEdges.length} edges for ${profile.file.bands.length} bands`)
}

/** A profile's declarations about places, in the order of their slots. */
export function placeFeatures({ file }: Profile): PlaceFeature[] {
  return file.features.flatMap((feature): PlaceFeature[] => {
    if (feature.kind === 'nearby') return [feature]
    if (feature.kind !== 'place') return []
    const { axis, codes, name, kind } = feature
    return codes.map((code) => ({ kind, axis, code, name: `${name}.${code}` }))
  })
}

/** The declaration that a feature comes from; undefined for the common ones. */
export function declaredOf({ file }: Profile, name: string): Declared | undefined {
  return file.features.find((feature) => name === feature.name || name.startsWith(`${feature.name}.`))
}

/** 1 for the types of events that a feature is made of; all 0 for what no event says. */
export function typesBehind(profile: Profile, name: string): Uint8Array {
  const own = declaredOf(profile, name)
  if (own !== undefined) {
    const codes =
      own.kind === 'nearby' || own.kind === 'place' ? [] : own.kind === 'rate' ? [...own.of, ...own.per] : own.of
    return typeFlags(profile, codes)
  }
  const [kind, group = 'all'] = name.split('.')
  const ofEvents = !['grade', 'gradeAge', 'gradeWorse'].includes(kind)
  return ofEvents ? typesOfGroup(profile, group) : new Uint8Array(profile.types.length)
}

/** 1 for the types of a group; for all of them, if it is `all`. */
export function typesOfGroup({ types, groups }: Profile, group: string): Uint8Array {
  return Uint8Array.from(types, (type) => (group === 'all' || groups[type.group] === group ? 1 : 0))
}

/** 1 for the types that are named. */
export function typeFlags({ types }: Profile, codes: readonly string[]): Uint8Array {
  return Uint8Array.from(types, ({ code }) => (codes.includes(code) ? 1 : 0))
}

function declaredFeatures(profile: Profile): CompiledFeature[] {
  const ofFacts = profile.file.features.flatMap((feature) => compiled(profile, feature))
  const ofPlaces = placeFeatures(profile).map(({ name }, slot): CompiledFeature => ({ kind: 'context', name, slot }))
  return [...ofFacts, ...ofPlaces]
}

function compiled(profile: Profile, feature: Declared): CompiledFeature[] {
  if (feature.kind === 'nearby' || feature.kind === 'place') return []
  const { name } = feature
  const of = typeFlags(profile, feature.of)
  switch (feature.kind) {
    case 'rate': {
      const { halfLifeDays, prior, per } = feature
      return [{ kind: 'rate', name, of, per: typeFlags(profile, per), halfLifeDays, prior }]
    }
    case 'recency':
      return [{ kind: 'recency', name, of }]
    case 'latest': {
      const { otherwise, withinDays, values } = feature
      const column = profile.file.factColumns.indexOf(feature.column)
      const one = { kind: 'latest', of, column, withinHours: withinDays * hoursPerDay, otherwise } as const
      if (values === undefined) return [{ ...one, name, equals: undefined }]
      return values.map((equals) => ({ ...one, name: `${name}.${equals}`, equals }))
    }
  }
}
