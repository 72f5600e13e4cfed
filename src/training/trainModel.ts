/**
 * From training rows to a model: fitted on the earlier rows, calibrated and cut into bands on the latest, with its reference for drift
 * and its card. What learns is a parameter: scorecard, network, or trees that somebody else has trained.
 */
import { bandEdgesFor } from '../../models/learn/bands.ts'
import { chooseCalibration } from '../../models/learn/calibrate.ts'
import { columnsOf, type Dataset } from '../../models/learn/dataset.ts'
import { cardUse, modelCard } from '../../models/learn/modelCard.ts'
import { psiReference } from '../../models/quality/psi.ts'
import { areaUnderRoc, brierScore } from '../../models/quality/ranking.ts'
import { buildModel, coreOf } from '../../models/risk/buildModel.ts'
import type { ModelFile, NetworkFile, ScorecardFile, TreesFile } from '../../models/risk/modelFile.ts'
import type { Profile } from '../../streams/profile.ts'
import { TrainingSetting } from '../../streams/training.ts'
import type { RowsDictionary } from '../../streams/trainingRows.ts'
import { peersMin, rounded } from './extract/peerTable.ts'
import { gapTicksOf, splitByTime } from './split.ts'

/** The part of a model file that is its kind's own. Its features are among the columns of the rows. */
type OwnPart =
  | Pick<ScorecardFile, 'kind' | 'features' | 'scorecard'>
  | Pick<NetworkFile, 'kind' | 'features' | 'network'>
  | Pick<TreesFile, 'kind' | 'features' | 'trees'>

export type Learnt = {
  part: OwnPart
  /** For the card: `logistic regression over 40 features, ridge 20`. */
  says: string
  notes: readonly string[]
}

/** Learns from rows in order of time. `validation`: later rows, which may say when to stop. `gapTicks`: labels reach so far. */
export type Learner = (
  rows: Dataset,
  by: { profile: Profile; setting: TrainingSetting; gapTicks: number; validation: Dataset },
) => Promise<Learnt>

export type TrainOptions = {
  profile: Profile
  data: Dataset
  dictionary: Pick<RowsDictionary, 'peers' | 'dataHash' | 'label'>
  learner: Learner
  seed: number
  /** The command that trains it again. */
  command: string
  gitCommit?: string | undefined
}

export type TrainedModel = { file: ModelFile; card: string }

/** @throws Error that says what to do, when the rows cannot be learnt from. */
export async function trainModel(options: TrainOptions): Promise<TrainedModel> {
  const { profile, data, dictionary, learner, seed, command } = options
  const setting = TrainingSetting.parse(profile.file.training ?? {})
  const shares = sharesAbove(setting, profile)
  const gapTicks = gapTicksOf(profile)
  const { fit, validation } = splitByTime(data, setting.validationShare, gapTicks)
  const { says, notes, part } = await learner(fit, { profile, setting, gapTicks, validation })
  const { calendar } = profile
  const head = {
    formatVersion: 1 as const,
    profile: profile.file.name,
    label: dictionary.label,
    peers: { rows: dictionary.peers, enterprisesMin: peersMin },
    training: {
      from: calendar.label(fit.ticks[0]),
      to: calendar.label(validation.ticks[validation.ticks.length - 1]),
      rows: fit.labels.length,
      positives: positivesOf(fit),
      seed,
      dataHash: dictionary.dataHash,
      command,
      metrics: {},
    },
  }
  const raw = withHead(head, part, evenEdges(profile))
  const names = part.features.map(({ name }) => name)
  const [fitValues, values] = [fit, validation].map((rows) => columnsOf(rows, names))
  const calibration = chooseCalibration(logOddsOf(raw, values), validation.labels)
  const calibrated: ModelFile = { ...raw, calibration }
  const [fitScores, scores] = [fitValues, values].map((some) => probabilitiesOf(calibrated, some))
  const file: ModelFile = {
    ...calibrated,
    // A model is surer of rows that it has learnt from than of any that will come: those would set edges too far out.
    bandEdges: bandEdgesFor(scores, shares),
    reference: { score: psiReference(scores), features: referencesOf([fitValues, values], names.length) },
    training: { ...head.training, metrics: metricsOf({ fit, fitScores, validation, scores }) },
  }
  return { file, card: cardOf(file, { says, notes, shares, ...options }) }
}

type Head = Pick<ModelFile, 'formatVersion' | 'profile' | 'label' | 'peers' | 'training'>

function withHead(head: Head, part: OwnPart, bandEdges: number[]): ModelFile {
  switch (part.kind) {
    case 'scorecard':
      return { ...head, ...part, bandEdges }
    case 'network':
      return { ...head, ...part, bandEdges }
    case 'trees':
      return { ...head, ...part, bandEdges }
  }
}

/** Any edges will do until the scores are known. */
function evenEdges({ file: { bands } }: Profile): number[] {
  return Array.from({ length: bands.length - 1 }, (_, at) => (at + 1) / bands.length)
}

/** Scores of rows by a model file; NaN for a row that it refuses. */
export function probabilitiesOf(file: ModelFile, rows: Float64Array): Float64Array {
  const out = new Float64Array(rows.length / file.features.length)
  buildModel(file, '').scoreRows(rows, out)
  return out
}

/** Taken back from probabilities they would be infinite where a model is very sure. */
function logOddsOf(file: ModelFile, rows: Float64Array): Float64Array {
  const out = new Float64Array(rows.length / file.features.length)
  coreOf(file).logOdds(rows, out)
  return out
}

/** Shares of rows above each edge; 1 - .9 is .09999999999999998, which of 600 rows would take 59. */
function sharesAbove({ bandShares }: TrainingSetting, { file: { bands } }: Profile): number[] {
  if (bandShares.length !== bands.length - 1)
    throw new Error(
      `training.bandShares: ${bandShares.length} shares for ${bands.length} bands; give ${bands.length - 1} in the profile`,
    )
  return bandShares.map((share) => Number((1 - share).toPrecision(12)))
}

function positivesOf({ labels }: Dataset): number {
  return labels.reduce((sum, label) => sum + label, 0)
}

/** Of each column over all rows. */
function referencesOf(parts: readonly Float64Array[], width: number): ReturnType<typeof psiReference>[] {
  const rows = parts.reduce((sum, part) => sum + part.length / width, 0)
  const column = new Float64Array(rows)
  return Array.from({ length: width }, (_, from) => {
    let row = 0
    for (const part of parts) for (let at = from; at < part.length; at += width) column[row++] = part[at]
    return psiReference(column)
  })
}

type Scored = { fit: Dataset; fitScores: Float64Array; validation: Dataset; scores: Float64Array }

/** Validation rows chose the calibration: their Brier score is a little too good. */
function metricsOf({ fit, fitScores, validation, scores }: Scored): Record<string, number> {
  const found = {
    trainAuc: areaUnderRoc(fitScores, fit.labels),
    validationAuc: areaUnderRoc(scores, validation.labels),
    validationBrier: brierScore(scores, validation.labels),
    validationRows: validation.labels.length,
  }
  return Object.fromEntries(
    Object.entries(found).flatMap(([name, value]) => (Number.isFinite(value) ? [[name, rounded(value)]] : [])),
  )
}

type CardOptions = Pick<Learnt, 'says' | 'notes'> &
  Pick<TrainOptions, 'profile' | 'gitCommit'> & { shares: readonly number[] }

function cardOf(file: ModelFile, { says, notes, shares, profile, gitCommit }: CardOptions): string {
  const { label } = profile.file
  const percent = shares.map((share) => `${Number((100 * share).toFixed(2))} %`).join(', ')
  return modelCard(file, {
    title: `${file.kind[0].toUpperCase()}${file.kind.slice(1)}`,
    kind: says,
    learntFrom: `rows of a log of profile ${file.profile}`,
    ...(label.kind === 'outcome-within' ? { sampling: `every ${label.gridTicks} ticks` } : {}),
    bands: `about the riskiest ${percent} of the rows held back`,
    ...(gitCommit === undefined ? {} : { gitCommit }),
    use: cardUse,
    notes,
  })
}
