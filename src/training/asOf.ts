/** What of a model can be judged on rows from a tick on: itself, or its recipe as fitted on the rows before them. */
import type { ModelFile } from '../../models/risk/modelFile.ts'
import type { Profile } from '../../streams/profile.ts'
import { ForewarnError, messageOf } from '../errors.ts'
import { hashOf } from '../settings/modelFolders.ts'
import { learnerOf, type Told } from './learners.ts'
import { gapTicksOf, within } from './split.ts'
import { type TrainOptions, trainModel } from './trainModel.ts'

export type NamedModel = {
  /** For people: not two models of one evaluation have the same. */
  name: string
  /** Of its folder. */
  hash: string
  file: ModelFile
}

/** `judged`: what the rows are scored with. */
export type JudgedModel = NamedModel & { judged: { hash: string; file: ModelFile } }

/** `clear`: no row that it has learnt from has a label that reaches so far; `labels`: one has; `rows`: it has learnt from later rows. */
export type Sight = 'clear' | 'labels' | 'rows'

/** How far a model has seen rows from a tick on. */
export function sightOf(file: ModelFile, profile: Profile, fromTick: number): Sight {
  const clear = clearTick(file, profile)
  if (fromTick >= clear) return 'clear'
  return fromTick >= clear - gapTicksOf(profile) ? 'labels' : 'rows'
}

/** The first tick of which it has seen nothing: after its last row, and after that row's label. */
export function clearTick({ training }: ModelFile, profile: Profile): number {
  const last = training.from === '' ? undefined : profile.calendar.parse(training.to)
  return last === undefined ? Number.NEGATIVE_INFINITY : last + gapTicksOf(profile) + 1
}

/** Where a recipe is fitted again. */
export type EarlierRows = Pick<TrainOptions, 'profile' | 'data' | 'dictionary'> & { folder: string; told?: Told }

/**
 * The model itself where it has seen nothing of what judges it, or cannot be fitted again. Else its recipe, on those of the given rows
 * that lie in its window and whose labels were known before `fromTick`. Two models of one recipe and window have one hash.
 * @throws ForewarnError FW_USAGE when no such row is given, FW_ROWS_INVALID when they cannot be learnt from
 */
export async function asOf(model: NamedModel, fromTick: number, rows: EarlierRows): Promise<JudgedModel> {
  const { profile, data, dictionary, folder, told } = rows
  const { recipe, from } = model.file.training
  if (recipe === undefined || sightOf(model.file, profile, fromTick) === 'clear')
    return { ...model, judged: { hash: model.hash, file: model.file } }
  const { calendar } = profile
  const begin = calendar.label(fromTick)
  const gapTicks = gapTicksOf(profile)
  const earlier = within(data, calendar.parse(from) ?? fromTick, fromTick - 1 - gapTicks)
  if (earlier.labels.length === 0)
    throw new ForewarnError('FW_USAGE', [
      `${model.name} has learnt from the rows that should judge it, and none of the given rows is left to fit its recipe on: it may learn from rows of ${from} on whose labels, ${gapTicks} ticks later, were known before ${begin}; judge on later rows (--from).`,
    ])
  try {
    const command = `the recipe of a later model, on rows whose labels were known before ${begin}`
    const made = await trainModel({
      profile,
      data: earlier,
      dictionary,
      recipe,
      learner: learnerOf(recipe, told),
      command,
    })
    return { ...model, judged: { hash: hashOf(made), file: made.file } }
  } catch (error) {
    const why = `the recipe of ${model.name}, fitted on the rows before ${begin}: ${messageOf(error)}`
    throw new ForewarnError('FW_ROWS_INVALID', [folder, why])
  }
}
