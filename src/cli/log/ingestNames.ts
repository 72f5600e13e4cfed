/** Names of kinds as `forewarn ingest` takes them: the three kinds of records, and the mappings that a profile has beside them. */
import type { Profile } from '../../../streams/profile.ts'
import { kindOf } from '../../../streams/profileChecks.ts'
import { type RecordTopic, recordTopics } from '../../../streams/topics.ts'
import { ForewarnError } from '../../errors.ts'

/** A kind of records, and the mapping that CSV of it is read by, where that has another name than the kind. */
export type Named = { topic: RecordTopic; mapping?: string }

/** `KIND=FILE` of an import. @throws ForewarnError FW_USAGE. */
export function kindAndFile(argument: string, profile: Profile): Named & { file: string } {
  const at = argument.indexOf('=')
  const named = at < 0 ? undefined : namedIn(profile, argument.slice(0, at))
  const file = argument.slice(at + 1)
  if (named === undefined)
    throw new ForewarnError('FW_USAGE', [
      `An import takes KIND=FILE, with a kind of ${namesIn(profile).join(', ')}; not ${argument}.`,
    ])
  if (file === '-')
    throw new ForewarnError('FW_USAGE', ['An import reads its files twice, so it cannot read standard input.'])
  return { ...named, file }
}

/** The three kinds, and the names that the profile adds. */
export function namesIn({ file }: Profile): string[] {
  return [...new Set([...recordTopics, ...Object.keys(file.files)])]
}

/** Undefined for a name that is none of `namesIn`. */
export function namedIn({ file: { files } }: Profile, name: string): Named | undefined {
  const topic = recordTopics.find((kind) => kind === name)
  if (topic !== undefined) return { topic }
  return Object.hasOwn(files, name) ? { topic: kindOf(name, files[name]), mapping: name } : undefined
}
