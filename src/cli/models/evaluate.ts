/** `forewarn evaluate`: how good a model is on rows that it has not learnt from, beside others. */
import { writeFile } from 'node:fs/promises'
import { Command } from 'commander'
import type { Profile } from '../../../streams/profile.ts'
import { ForewarnError } from '../../errors.ts'
import { readModelFolder } from '../../settings/models.ts'
import { loadProfile } from '../../settings/profiles.ts'
import { type NamedModel, sightOf } from '../../training/asOf.ts'
import { type ModelEvaluation, shareDefault } from '../../training/evaluateModels.ts'
import { type RowsFolder, readRows } from '../../training/readRows.ts'
import { latestFrom } from '../../training/split.ts'
import {
  addLogOptions,
  type LogOptions,
  plainText,
  printResult,
  processScreen,
  type Screen,
  shareOf,
} from '../common.ts'
import { evaluateShadow } from './evaluateShadow.ts'
import { evaluationLines, pageOf } from './evaluationText.ts'
import { columnsOf, judge } from './judge.ts'
import { windowOf } from './rowsWindow.ts'

const help = `
Rows that a model has learnt from say nothing of it. Where MODEL, or one beside it, has learnt from rows that should judge, its recipe is
fitted again on the given rows whose labels were known before them, and that fit is judged: give the rows that it was trained on, and
--from. Without --from the latest quarter judges, or all rows where MODEL has seen none of them. What cannot be fitted again (imported
trees, the built-in baseline) needs rows later than its own.

Lift and recall are measured at 10 % of the rows, those with the highest scores (--share).
The JSON holds the gates that \`forewarn promote --evaluation\` looks at, and under "about" whom they speak of: MODEL, the fit that was
judged, the champion, the profile and the rows. It promotes MODEL and no other.

Examples:
  $ forewarn evaluate model --rows rows --champion baseline --html report.html
  $ forewarn evaluate model --rows rows --from 2025-10-01 --champion baseline --out evaluation.json
  $ forewarn evaluate --shadow --log embedded:history --html shadow.html`

/** Of the rows, where the model has learnt from them. */
export const testShareDefault = 0.25

export type EvaluateCommandOptions = LogOptions & {
  rows?: string
  shadow?: boolean
  profile: string
  from?: string
  to?: string
  share: string
  against?: string[]
  champion?: string
  html?: string
  out?: string
  json?: boolean
}

export function evaluateCommand(screen: Screen = processScreen): Command {
  const command = new Command('evaluate')
    .description('How good a model is on rows that it has not learnt from, beside others.')
    .argument('[model]', 'model folder, or the name of a built-in model')
    .option('--rows <dir>', 'folder of the rows')
    .option(
      '--shadow',
      'judge the challenger of a log beside its champion, on what has come since both score in it (--from: earlier)',
    )
    .option('--profile <name|dir>', 'profile of the rows', 'cn')
    .option('--from <date>', 'judge on rows from this tick on; the latest quarter, where the model has learnt from all')
    .option('--to <date>', 'rows up to this tick')
    .option('--share <share>', 'share of the rows at which lift and recall are measured', String(shareDefault))
    .option('--against <model...>', 'other models, for comparison')
    .option('--champion <model>', 'the model in use: gates compare with it')
    .option('--html <file>', 'write one page that a person reads')
    .option('--out <file>', 'write the whole evaluation as JSON')
    .option('--json', 'print the whole evaluation as one JSON object')
    .addHelpText('after', help)
    .action(async (model: string | undefined, options: EvaluateCommandOptions) => {
      const profile = await loadProfile(options.profile)
      const share = shareOf('--share', options.share)
      const judged =
        options.shadow === true
          ? await evaluateShadow(options, share, screen)
          : await evaluateFolder(model, profile, { ...options, share }, screen)
      const nowMs = Date.now()
      if (options.out !== undefined) await writeFile(options.out, `${JSON.stringify(judged)}\n`)
      if (options.html !== undefined) await writeFile(options.html, pageOf(judged, profile, nowMs))
      await printResult(screen, options, judged, () => [...evaluationLines(judged, profile, nowMs)].map(plainText))
    })
  return addLogOptions(command)
}

type Asked = Pick<EvaluateCommandOptions, 'rows' | 'from' | 'to' | 'against' | 'champion'> & { share: number }

/** @throws ForewarnError FW_USAGE when no row can judge, FW_ROWS_INVALID when they cannot be scored or learnt from. */
async function evaluateFolder(
  model: string | undefined,
  profile: Profile,
  options: Asked,
  screen: Screen,
): Promise<ModelEvaluation> {
  const { rows, share } = options
  if (model === undefined || rows === undefined)
    throw new ForewarnError('FW_USAGE', ['Name a model and --rows, or ask for --shadow.'])
  const candidate = await named(model)
  const champion = options.champion === undefined ? undefined : await named(options.champion)
  const against = await Promise.all((options.against ?? []).map(named))
  const others = distinct([...(champion === undefined ? [] : [champion]), ...against])
  if (others.some(({ hash }) => hash === candidate.hash))
    throw new ForewarnError('FW_USAGE', [`${candidate.name} would be compared with itself; name another model.`])
  for (const { name, file } of [candidate, ...others])
    if (file.profile !== profile.file.name)
      throw new ForewarnError('FW_MODEL_MISFIT', [`${name} is for profile ${file.profile}, not ${profile.file.name}`])
  const found = await readRows(rows, profile, () => columnsOf([candidate, ...others]))
  const upTo = windowOf(profile, found, { to: options.to })
  const fromTick = testFrom(profile, upTo, candidate, options)
  const asked = { profile, rows: upTo, folder: rows, fromTick, candidate, others, champion: champion?.name, share }
  return judge(asked, screen)
}

/** Each model once: one that is the champion need not be named again. */
function distinct(models: readonly NamedModel[]): NamedModel[] {
  return models.filter(({ hash }, at) => models.findIndex((one) => one.hash === hash) === at)
}

async function named(model: string): Promise<NamedModel> {
  const { hash, file } = await readModelFolder(model)
  return { name: `${model} (${hash.slice(0, 8)})`, hash, file }
}

/** The tick with which the rows that judge begin. @throws ForewarnError FW_USAGE when there is none. */
function testFrom(profile: Profile, rows: RowsFolder, { file }: NamedModel, { from, to }: Asked): number {
  if (from !== undefined) return windowOf(profile, rows, { from, to }).data.ticks[0]
  const [first] = rows.data.ticks
  const canBeFitted = file.training.recipe !== undefined && sightOf(file, profile, first) !== 'clear'
  return canBeFitted ? latestFrom(rows.data, testShareDefault) : first
}
