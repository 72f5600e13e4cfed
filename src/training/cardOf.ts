/** The card of a model that was trained or imported here. */
import { cardUse, modelCard } from '../../models/learn/modelCard.ts'
import type { ModelFile } from '../../models/risk/modelFile.ts'
import type { Profile } from '../../streams/profile.ts'

export type CardOptions = {
  profile: Profile
  /** How it was fitted. */
  says: string
  notes: readonly string[]
  /** Of the rows at or above each edge of the bands. */
  shares: readonly number[]
  gitCommit?: string | undefined
}

export function cardOf(file: ModelFile, { profile, says, notes, shares, gitCommit }: CardOptions): string {
  const { label } = profile.file
  const percent = shares.map((share) => `${Number((100 * share).toFixed(2))} %`).join(', ')
  const isFitted = file.training.recipe !== undefined
  return modelCard(file, {
    title: `${file.kind[0].toUpperCase()}${file.kind.slice(1)}`,
    kind: says,
    learntFrom: isFitted
      ? `rows of a log of profile ${file.profile}`
      : 'rows that are not known here; rows of a log calibrated it',
    ...(label.kind === 'outcome-within' ? { sampling: `every ${label.gridTicks} ticks` } : {}),
    bands: `about the riskiest ${percent} of ${isFitted ? 'the latest rows' : 'the calibration rows'}`,
    ...(gitCommit === undefined ? {} : { gitCommit }),
    use: cardUse,
    notes,
  })
}
