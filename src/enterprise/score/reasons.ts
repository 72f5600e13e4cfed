/** A feature's contribution in words of the profile's language files: `reason.count` = "{group}: {value} in the last {days} days". */
import { exp, expm1 } from '../../../models/math.ts'
import type { Profile } from '../../../streams/profile.ts'
import { fillIn, nameOf } from '../../words.ts'

/** The sentence of one feature, as a function of its value. */
export function reasonSentence(profile: Profile, feature: string, language: string): (value: number) => string {
  const [kind, subject = '', life = ''] = feature.split('.')
  const messages = profile.messages.get(language) ?? {}
  const template = messages[`reason.${kind}`] ?? messages['reason.other'] ?? '{feature}'
  const fixed = {
    feature,
    group: subject === 'all' ? (messages['group.all'] ?? '*') : nameOf(profile.file.groups, subject, language),
    grade: nameOf(profile.file.grades, subject, language),
    days: (life || subject).replace(/d$/, ''),
  }
  return (value) => fillIn(template, { ...fixed, value: number(naturalUnits(kind, value)) })
}

/** Features are logarithms; people read counts, days and ratios. */
function naturalUnits(kind: string, value: number): number {
  if (kind === 'count' || kind === 'severity' || kind === 'recency' || kind === 'gradeAge') return expm1(value)
  return kind === 'momentum' ? exp(value) : value
}

const number = (value: number): string => String(Math.floor(value * 100 + 0.5) / 100)
