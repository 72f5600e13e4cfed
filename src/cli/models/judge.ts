/** Models on the latest of some rows, by what they had learnt before them; what `evaluate` and `retrain` share. */
import type { Profile } from '../../../streams/profile.ts'
import { ForewarnError, messageOf } from '../../errors.ts'
import { asOf, clearTick, type JudgedModel, type NamedModel, sightOf } from '../../training/asOf.ts'
import { evaluateModels, type ModelEvaluation } from '../../training/evaluateModels.ts'
import type { RowsFolder } from '../../training/readRows.ts'
import { within } from '../../training/split.ts'
import { remark, type Screen } from '../common.ts'
import { epochBar } from './train.ts'

export type JudgeOptions = {
  profile: Profile
  /** Those that judge, and those before them, on which recipes are fitted again. */
  rows: RowsFolder
  folder: string
  /** The tick with which the rows that judge begin. */
  fromTick: number
  candidate: NamedModel
  others: readonly NamedModel[]
  /** Name of the one that is in use. */
  champion: string | undefined
  /** Of the rows at which lift and recall are measured. */
  share: number
}

/** @throws ForewarnError FW_USAGE when the candidate has seen the rows and cannot be judged without, FW_ROWS_INVALID. */
export async function judge(options: JudgeOptions, screen: Screen): Promise<ModelEvaluation> {
  const { profile, rows, folder, fromTick, candidate, others, champion, share } = options
  const { data, dictionary } = rows
  checkSight(options, screen)
  const { told, stop } = epochBar(screen)
  try {
    const judged: JudgedModel[] = []
    for (const model of [candidate, ...others])
      judged.push(await asOf(model, fromTick, { profile, data, dictionary, folder, told }))
    return evaluateModels({
      profile,
      profileHash: dictionary.profileHash,
      data: within(data, fromTick, data.ticks[data.ticks.length - 1]),
      peers: dictionary.peers,
      candidate: judged[0],
      others: judged.slice(1),
      champion,
      share,
    })
  } catch (error) {
    if (error instanceof ForewarnError) throw error
    throw new ForewarnError('FW_ROWS_INVALID', [folder, messageOf(error)])
  } finally {
    stop()
  }
}

/** What the models score, and what their recipes learn from. */
export function columnsOf(models: readonly NamedModel[]): string[] {
  const all = models.flatMap(({ file }) => [
    ...file.features.map(({ name }) => name),
    ...(file.training.recipe?.columns ?? []),
  ])
  return [...new Set(all)]
}

/** What cannot be fitted again should have seen nothing of the rows: of the candidate it must hold, of the others it is told. */
function checkSight({ profile, rows, fromTick, candidate, others }: JudgeOptions, screen: Screen): void {
  for (const model of [candidate, ...others]) {
    const { recipe, to, dataHash } = model.file.training
    const sight = sightOf(model.file, profile, fromTick)
    if (sight === 'clear') continue
    const clear = profile.calendar.label(clearTick(model.file, profile))
    if (recipe !== undefined && dataHash !== rows.dictionary.dataHash)
      remark(
        screen,
        `The rows are not those that ${model.name} was trained on (data hash): its recipe is fitted on these.`,
      )
    if (recipe !== undefined) continue
    if (sight === 'rows' && model === candidate)
      throw new ForewarnError('FW_USAGE', [
        `${model.name} was trained on rows up to ${to}, and cannot be fitted again: judge it on later ones (--from).`,
      ])
    remark(
      screen,
      `${model.name} has learnt from rows up to ${to}, and cannot be fitted again: its figures may be too good; with --from ${clear} nothing is judged that it has seen.`,
    )
  }
}
