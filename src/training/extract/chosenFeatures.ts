/** Which features become columns: those asked for, else those of the profile's training, else the usual ones and the profile's own. */
import { featureNames } from '../../../models/features.ts'
import { defaultFeatures } from '../../../models/learn/defaultFeatures.ts'
import type { Profile } from '../../../streams/profile.ts'
import { matchingFeatures } from '../../../streams/training.ts'
import { featureProfile } from '../../enterprise/featureProfile.ts'
import { ForewarnError, messageOf } from '../../errors.ts'

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
