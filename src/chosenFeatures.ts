/** Which features become columns: those asked for, else those of the profile's training, else the usual ones and the profile's own. */
import { featureNames } from '../models/features.ts'
import { defaultFeatures } from '../models/learn/defaultFeatures.ts'
import type { Profile } from '../streams/profile.ts'
import { matchingFeatures } from '../streams/training.ts'
import type { RowsDictionary } from '../streams/trainingRows.ts'
import { ForewarnError, messageOf } from './errors.ts'
import { featureProfile } from './featureProfile.ts'

/** `defaults`: those taken where nobody asks for any. `leftOut`: all others of the profile, by the reason why they are no columns. */
export type FeatureChoice = { features: string[]; defaults: string[]; leftOut: RowsDictionary['leftOut'] }

/** @throws ForewarnError FW_USAGE for a pattern that names no feature. */
export function featureChoice(profile: Profile, patterns: readonly string[] | undefined): FeatureChoice {
  const features = chosenFeatures(profile, patterns)
  const defaults = patterns === undefined ? features : chosenFeatures(profile, undefined)
  const others = featureNames(featureProfile(profile)).filter((name) => !features.includes(name))
  const byWhy = Map.groupBy(others, (name) => whyLeftOut(name, { patterns, defaults, profile }))
  return { features, defaults, leftOut: [...byWhy].map(([why, some]) => ({ why, features: some })) }
}

/** @throws ForewarnError FW_USAGE for a pattern that names no feature. */
export function chosenFeatures(profile: Profile, patterns: readonly string[] | undefined): string[] {
  const compiled = featureProfile(profile)
  const known = featureNames(compiled)
  const wanted = patterns ?? profile.file.training?.features
  if (wanted === undefined)
    return [
      ...defaultFeatures(profile.groups, profile.grades, profile.file.halfLivesDays),
      ...compiled.declared.map(({ name }) => name),
    ]
  try {
    return matchingFeatures(wanted, known)
  } catch (error) {
    throw new ForewarnError('FW_USAGE', [messageOf(error)])
  }
}

type ChosenBy = { patterns: readonly string[] | undefined; defaults: readonly string[]; profile: Profile }

function whyLeftOut(name: string, { patterns, defaults, profile }: ChosenBy): string {
  if (patterns !== undefined) return 'the command asked for others'
  if (profile.file.training?.features !== undefined) return 'training.features of the profile does not name them'
  const [kind, subject] = name.split('.')
  const lives = defaults.flatMap((one) => (one.startsWith(`${kind}.${subject}.`) ? [one.split('.')[2]] : []))
  if (lives.length > 0) return `the default takes the half-lives ${lives.join(' and ')} of them`
  const ofAll = defaults.some((one) => one.startsWith(`${kind}.all`))
  return ofAll ? `the default takes ${kind} of all groups together` : `the default takes ${kind} group by group`
}
