/** What a profile and the options of a command say of a training, as a recipe. */
import { ridgeGrid } from '../../models/learn/ridge.ts'
import type { Recipe } from '../../models/risk/recipe.ts'
import type { Profile } from '../../streams/profile.ts'
import { TrainingSetting } from '../../streams/training.ts'
import { gapTicksOf } from './split.ts'

export const recipeKinds = ['scorecard', 'network'] as const

export type AskedFor = {
  kind: (typeof recipeKinds)[number]
  /** Columns to learn from. */
  columns: readonly string[]
  seed: number
  /** In place of what the profile says. */
  ridge?: number | undefined
  epochs?: number | undefined
}

/** @throws Error when the profile does not have a share for each of its bands. */
export function recipeOf(profile: Profile, { kind, columns, seed, ridge, epochs }: AskedFor): Recipe {
  const setting = settingOf(profile)
  const { validationShare, bandShares } = setting
  const head = { columns: [...columns], seed, validationShare, bandShares, gapTicks: gapTicksOf(profile) }
  if (kind === 'network')
    return { ...head, kind, network: { ...setting.network, epochs: epochs ?? setting.network.epochs } }
  const given = ridge ?? setting.ridge
  const there = new Set(columns)
  return {
    ...head,
    kind,
    ridges: given === undefined ? [...ridgeGrid] : [given],
    interactions: setting.interactions.filter((pair) => pair.every((name) => there.has(name))),
    bins: setting.bins.filter(({ feature }) => there.has(feature)),
  }
}

/** @throws Error when the profile does not have a share for each of its bands. */
export function settingOf({ file: { bands, training } }: Profile): TrainingSetting {
  const setting = TrainingSetting.parse(training ?? {})
  const { bandShares } = setting
  if (bandShares.length !== bands.length - 1)
    throw new Error(
      `training.bandShares: ${bandShares.length} shares for ${bands.length} bands; give ${bands.length - 1} in the profile`,
    )
  return setting
}
