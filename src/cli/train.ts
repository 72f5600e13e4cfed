/** `forewarn train`: a model from training rows. */
import { execFileSync } from 'node:child_process'
import { Command, Option } from 'commander'
import type { ScorecardReport } from '../../models/learn/scorecard.ts'
import type { Profile } from '../../streams/profile.ts'
import { matchingFeatures } from '../../streams/training.ts'
import { checkNewFolder, writeModelFolder } from '../edges/modelFolders.ts'
import { loadProfile } from '../edges/profiles.ts'
import { ForewarnError, messageOf } from '../errors.ts'
import { networkLearner, scorecardLearner } from '../training/learners.ts'
import { type RowsFolder, readRows } from '../training/readRows.ts'
import { within } from '../training/split.ts'
import { type Learner, type TrainedModel, trainModel } from '../training/trainModel.ts'
import { commandText } from './commandText.ts'
import {
  jsonText,
  metricsText,
  nonNegative,
  print,
  processScreen,
  progressBar,
  type Screen,
  wholeNumber,
} from './common.ts'
import { tickOf } from './ticks.ts'

const help = `
The latest rows calibrate and cut the bands (training.validationShare of the profile); the rows before them are learnt from, but for
those whose labels reach into these. One seed gives the same model, on the same backend of TensorFlow.js.

Examples:
  $ forewarn train --rows rows --kind scorecard --out model
  $ forewarn train --rows rows --kind network --seed 7 --epochs 40 --to 2025-06-30 --out network`

const trainKinds = ['scorecard', 'network'] as const
type TrainKind = (typeof trainKinds)[number]

/** What is trained, and how. */
export type LearnerOptions = { kind: TrainKind; seed: string; epochs?: string; ridge?: string }

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
    .option('--json', 'print one JSON object: {hash, kind, folder, rows, positives, metrics, report}')
    .addHelpText('after', help)
    .action(async (options: TrainCommandOptions) => {
      const profile = await loadProfile(options.profile)
      await checkNewFolder(options.out)
      const found = await readRows(options.rows, profile, (all) => columnsFor(profile, all, options.features))
      const told: { report?: ScorecardReport } = {}
      const learner = learnerOf(options, screen, (report) => (told.report = report))
      const made = { ...options, command: commandText('train', profile, options) }
      const trained = await train(profile, windowOf(profile, found, options), learner, made)
      const hash = await writeModelFolder(options.out, trained)
      await tell(screen, hash, trained, { ...options, report: told.report })
    })
}

/** Adds `--kind`, `--seed`, `--epochs` and `--ridge`. */
export function addLearnerOptions(command: Command): Command {
  return command
    .addOption(new Option('--kind <kind>', 'what to train').choices(trainKinds).default('scorecard'))
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

/** The rows of a window of ticks. */
export function windowOf(
  profile: Profile,
  { dictionary, data }: RowsFolder,
  by: { from?: string; to?: string },
): RowsFolder {
  const [from, to] = [tickOf(profile, '--from', by.from), tickOf(profile, '--to', by.to)]
  return { dictionary, data: within(data, from ?? Number.MIN_SAFE_INTEGER, to ?? Number.MAX_SAFE_INTEGER - 1) }
}

/** The learner of a kind, with its progress on the screen. */
export function learnerOf(
  { kind, seed, epochs, ridge }: LearnerOptions,
  screen: Screen,
  told: (report: ScorecardReport) => void,
): Learner {
  if (kind === 'scorecard')
    return scorecardLearner(ridge === undefined ? undefined : nonNegative('--ridge', ridge), told)
  const most = epochs === undefined ? undefined : wholeNumber('--epochs', epochs)
  return async (rows, by) => {
    const bar = progressBar(screen)
    const learn = networkLearner(wholeNumber('--seed', seed), most, ({ epoch, loss, validationLoss }, of) =>
      bar.update(epoch, of, `epoch ${epoch}, loss ${loss.toFixed(4)}, held back ${validationLoss?.toFixed(4) ?? '-'}`),
    )
    return learn(rows, by).finally(() => bar.stop())
  }
}

/** @throws ForewarnError FW_ROWS_INVALID when the rows cannot be learnt from. */
export async function train(
  profile: Profile,
  { dictionary, data }: RowsFolder,
  learner: Learner,
  { rows, seed, command }: { rows: string; seed: string; command: string },
): Promise<TrainedModel> {
  try {
    return await trainModel({
      profile,
      data,
      dictionary,
      learner,
      seed: wholeNumber('--seed', seed),
      command,
      gitCommit: commitHere(),
    })
  } catch (error) {
    if (error instanceof ForewarnError) throw error
    throw new ForewarnError('FW_ROWS_INVALID', [rows, messageOf(error)])
  }
}

/** The commit of the working folder, where it is one of git's. */
function commitHere(): string | undefined {
  try {
    return execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  } catch {
    return undefined
  }
}

type Told = TrainCommandOptions & { report: ScorecardReport | undefined }

async function tell(screen: Screen, hash: string, { file }: TrainedModel, { out, json, report }: Told): Promise<void> {
  const { rows, positives, metrics } = file.training
  if (json === true) {
    await print(screen, jsonText({ hash, kind: file.kind, folder: out, rows, positives, metrics, report }))
    return
  }
  if (report !== undefined) for (const line of reportLines(report)) await print(screen, line)
  await print(
    screen,
    `${file.kind} ${hash.slice(0, 12)} in ${out}: ${rows} rows, ${positives} positive; ${metricsText(metrics)}`,
  )
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
