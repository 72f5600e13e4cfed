/** A feature's contribution in words of the profile's language files: `reason.count` = "{group}: {value} in the last {days} days". */
import type { Profile } from '../../streams/profile.ts'
import { fillIn, nameOf } from '../words.ts'

export function reasonText(profile: Profile, feature: string, value: number, language: string): string {
  const [kind, subject = '', life = ''] = feature.split('.')
  const messages = profile.messages.get(language) ?? {}
  const template = messages[`reason.${kind}`] ?? messages['reason.other'] ?? '{feature}'
  return fillIn(template, {
    feature,
    value: number(value),
    group: subject === 'all' ? (messages['group.all'] ?? '*') : nameOf(profile.file.groups, subject, language),
    grade: nameOf(profile.file.grades, subject, language),
    days: (life || subject).replace(/d$/, ''),
  })
}

const number = (value: number): string => String(Math.floor(value * 100 + 0.5) / 100)
