/** The command that makes a model again, as it stands in the model. */
import type { Profile } from '../../streams/profile.ts'

type Retold = {
  kind?: string
  seed?: string
  epochs?: string
  ridge?: string
  from?: string
  to?: string
  testShare?: string
  features?: readonly string[]
}

/** What makes the model again; the hash of the data stands for the folder of the rows. */
export function commandText(name: string, { file }: Profile, options: Retold): string {
  const { kind, seed, epochs, ridge, from, to, testShare, features } = options
  const given = { profile: file.name, kind, seed, epochs, ridge, from, to, 'test-share': testShare }
  const words = Object.entries(given).flatMap(([option, value]) =>
    value === undefined ? [] : [`--${option} ${value}`],
  )
  const patterns = features?.map((pattern) => `'${pattern}'`) ?? []
  return [`forewarn ${name}`, ...words, ...(patterns.length === 0 ? [] : ['--features', ...patterns])].join(' ')
}
