/** What moved, in the words of a language: `penalties of the last 30 days +0.14, grade D +0.08`. */
import type { Profile } from '../../../streams/profile.ts'
import type { MovedFeature } from '../../../streams/warnings.ts'
import { fillIn, nameOf } from '../../words.ts'
import { signed } from './signed.ts'

const toldMax = 3
const toldMin = 0.005 // what is less is +0.00

/** Undefined where nothing moved by as much as is shown. */
export function movedWords(profile: Profile, moved: readonly MovedFeature[], language: string): string | undefined {
  const told = moved.filter(({ now, before }) => Math.abs(now - before) >= toldMin).slice(0, toldMax)
  if (told.length === 0) return undefined
  const separator = language === 'zh' ? '、' : '; '
  return told
    .map(({ feature, now, before }) => `${named(profile, feature, language)} ${signed(now - before)}`)
    .join(separator)
}

/** A feature's name: by the words `moved.<kind>` of the language, else as it is. */
function named(profile: Profile, feature: string, language: string): string {
  const [kind, subject = '', life = ''] = feature.split('.')
  const words = profile.messages.get(language) ?? {}
  const template = words[`moved.${kind}`]
  if (template === undefined) return feature
  const group = subject === 'all' ? (words['group.all'] ?? subject) : nameOf(profile.file.groups, subject, language)
  return fillIn(template, { group, days: life.replace('d', ''), grade: subject })
}
