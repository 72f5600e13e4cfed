/** `forewarn train`: a model from training rows. */
import { execFileSync } from 'node:child_process'
import { Command, Option } from 'commander'
import type { ScorecardReport } from '../../../models/learn/scorecard.ts'
import type { Profile } from '../../../streams/profile.ts'
import { matchingFeatures } from '../../../streams/training.ts'
import { ForewarnError, messageOf } from '../../errors.ts'
import { checkNewFolder, writeModelFolder } from '../../settings/modelFolders.ts'
import { loadProfile } from '../../settings/profiles.ts'
import { learnerOf, type Told } from '../../training/learners.ts'
import { type RowsFolder, readRows } from '../../training/readRows.ts'
import { recipeKinds, recipeOf } from '../../training/recipeOf.ts'
import { type TrainedModel, trainModel } from '../../training/trainModel.ts'
import { commandText } from '../commandText.ts'
import {
  metricsText,
  nonNegative,
  type Progress,
  printResult,
  processScreen,
  progressBar,
  type Screen,
  wholeNumber,
} from '../common.ts'
import { windowOf } from './rowsWindow.ts'

const help = `
A model learns from all rows given. What is to be chosen (the penalty, the epochs) is chosen first on slices of the latest rows, each
judged by a fit on rows whose labels were known before it; such fits calibrate it and cut its bands too (training.validationShare of the
profile is the size of a slice). MODEL_CARD.md says both. The recipe stands in the model: \`forewarn evaluate\` fits it again on the rows
before those that judge. One seed gives the same model, on the same backend of TensorFlow.js.

Examples:
  $ forewarn train --rows rows --kind scorecard --out model
  $ forewarn train --rows rows --kind network --seed 7 --epochs 40 --to 2025-06-30 --out network`

/** What is trained, and how. */
export type LearnerOptions = { kind: (typeof recipeKinds)[number]; seed: string; epochs?: string; ridge?: string }

export type TrainCommandOptions = LearnerOptions & {
  rows: string
  profile: string
  from?: string
  to?: string
  features?: string[]
  out: string
  json?: boolean
}

export function trainCommand(screen: Screen = processScreen): Command {
  const command = new Command('train')
    .description('Train a model on rows that `forewarn extract` has taken.')
    .requiredOption('--rows <dir>', 'folder of the rows')
    .option('--profile <name|dir>', 'profile of the rows', 'cn')
  return addLearnerOptions(command)
    .option('--from <date>', 'rows from this tick on')
    .option('--to <date>', 'rows up to this tick')
    .option(
      '--features <pattern...>',
      "columns to learn from, '*' for any part; those of the profile's training, else all",
    )
    .requiredOption('--out <dir>', 'new folder for model.json and MODEL_CARD.md')
    .option('--json', 'print one JSON object: {hash, kind, folder, rows, positives, metrics, slices, notes, report}')
    .addHelpText('after', help)
    .action(async (options: TrainCommandOptions) => {
      const profile = await loadProfile(options.profile)
      await checkNewFolder(options.out)
      const found = await readRows(options.rows, profile, (all) => columnsFor(profile, all, options.features))
      const rows = windowOf(profile, found, options)
      const told: { report?: ScorecardReport } = {}
      const trained = await train(screen, profile, rows, {
        ...options,
        columns: rows.data.names,
        command: commandText('train', profile, options),
        report: (report) => (told.report = report),
      })
      const hash = await writeModelFolder(options.out, trained)
      await printTrained(screen, hash, trained, { ...options, report: told.report })
    })
}

/** Adds `--kind`, `--seed`, `--epochs` and `--ridge`. */
export function addLearnerOptions(command: Command): Command {
  return command
    .addOption(new Option('--kind <kind>', 'what to train').choices(recipeKinds).default('scorecard'))
    .option('--seed <n>', 'of all that is random', '1')
    .option('--epochs <n>', 'of a network, at most; those of the profile')
    .option('--ridge <n>', 'penalty of a scorecard; that of the profile, else chosen by time-ordered folds')
}

/** Columns to learn from. @throws ForewarnError FW_USAGE for a pattern that names none. */
export function columnsFor(
  profile: Profile,
  all: readonly string[],
  patterns: readonly string[] | undefined,
): string[] {
  const wanted = patterns ?? profile.file.training?.features
  if (wanted === undefined) return [...all]
  try {
    return matchingFeatures(wanted, all)
  } catch (error) {
    throw new ForewarnError('FW_USAGE', [messageOf(error)])
  }
}

type Asked = LearnerOptions & {
  rows: string
  columns: readonly string[]
  command: string
  report?: (report: ScorecardReport) => void
}

/** @throws ForewarnError FW_ROWS_INVALID when the rows cannot be learnt from. */
export async function train(
  screen: Screen,
  profile: Profile,
  { dictionary, data }: RowsFolder,
  { rows, kind, columns, seed, ridge, epochs, command, report }: Asked,
): Promise<TrainedModel> {
  const recipe = recipeOf(profile, {
    kind,
    columns,
    seed: wholeNumber('--seed', seed),
    ridge: ridge === undefined ? undefined : nonNegative('--ridge', ridge),
    epochs: epochs === undefined ? undefined : wholeNumber('--epochs', epochs, 1),
  })
  const { told, stop } = epochBar(screen)
  try {
    const learner = learnerOf(recipe, { ...told, ...(report === undefined ? {} : { report }) })
    return await trainModel({ profile, data, dictionary, recipe, learner, command, gitCommit: commitHere() })
  } catch (error) {
    if (error instanceof ForewarnError) throw error
    throw new ForewarnError('FW_ROWS_INVALID', [rows, messageOf(error)])
  } finally {
    stop()
  }
}

/** Shows the epochs of networks; a scorecard has none. */
export function epochBar(screen: Screen): { told: Told; stop: () => void } {
  let bar: Progress | undefined
  const told: Told = {
    epoch: ({ epoch, loss, validationLoss }, of) => {
      bar ??= progressBar(screen)
      bar.update(epoch, of, `epoch ${epoch}, loss ${loss.toFixed(4)}, held back ${validationLoss?.toFixed(4) ?? '-'}`)
    },
  }
  return { told, stop: () => bar?.stop() }
}

/** The commit of the working folder, where it is one of git's. */
export function commitHere(): string | undefined {
  try {
    return execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  } catch {
    return undefined
  }
}

type Shown = TrainCommandOptions & { report: ScorecardReport | undefined }

async function printTrained(screen: Screen, hash: string, { file, notes }: TrainedModel, shown: Shown): Promise<void> {
  const { out: folder, report } = shown
  const { kind } = file
  const { rows, positives, from, to, metrics, slices = [] } = file.training
  const result = { hash, kind, folder, rows, positives, metrics, slices, notes, report }
  await printResult(screen, shown, result, () => [
    ...(report === undefined ? [] : reportLines(report)),
    ...slices.map(
      (slice) =>
        `judged by a fit on ${slice.fitted.rows} rows to ${slice.fitted.to}: ${slice.rows} rows of ${slice.from} to ${slice.to}, ${slice.positives} positive, AUC ${slice.auc ?? '-'}`,
    ),
    ...notes.map((note) => `note: ${note}`),
    `${kind} ${hash.slice(0, 12)} in ${folder}: learnt from all ${rows} rows, ${positives} positive, ${from} to ${to}; ${metricsText(metrics)}`,
  ])
}

/** A table of the terms: coefficient for one standard deviation, its error, z, p, variance inflation, points. */
function* reportLines({ terms, points }: ScorecardReport): Iterable<string> {
  const pointsOf = new Map(points.features.map(({ feature, perDeviation }) => [feature, perDeviation]))
  const cells = (values: readonly string[]): string => values.map((value) => value.padStart(11)).join('')
  yield `${'term'.padEnd(34)}${cells(['log-odds', 'error', 'z', 'p', 'VIF', 'points'])}`
  for (const { term, coefficient, wald, vif } of terms) {
    const numbers = [coefficient, wald?.standardError, wald?.z, wald?.p, vif, pointsOf.get(term)]
    yield `${term.padEnd(34)}${cells(numbers.map((value) => (value === undefined ? '-' : value.toFixed(4))))}`
  }
}
