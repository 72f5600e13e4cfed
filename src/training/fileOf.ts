/** A model file from what was learnt, and from rows that tell of the model without having been learnt from. */
import { bandEdgesFor } from '../../models/learn/bands.ts'
import { chooseCalibration } from '../../models/learn/calibrate.ts'
import { columnsOf, type Dataset } from '../../models/learn/dataset.ts'
import { psiReference } from '../../models/quality/psi.ts'
import { areaUnderRoc, brierScore } from '../../models/quality/ranking.ts'
import type { ModelPart } from '../../models/risk/buildModel.ts'
import { calibrate } from '../../models/risk/calibration.ts'
import type { ModelFile } from '../../models/risk/modelFile.ts'
import type { PsiReference } from '../../models/risk/psiReference.ts'
import type { Profile } from '../../streams/profile.ts'
import type { TrainingSetting } from '../../streams/training.ts'
import type { RowsDictionary } from '../../streams/trainingRows.ts'
import { type Held, rounded } from './crossFit.ts'
import { ageOf } from './driftSetting.ts'
import { peersMin } from './extract/peerTable.ts'

export type FileParts = {
  profile: Profile
  dictionary: Pick<RowsDictionary, 'peers' | 'dataHash' | 'label' | 'logFrom'>
  part: ModelPart
  /** Calibrates: rows scored by fits that did not see them, and that knew no label which reaches into them. */
  held: Held
  /** Where log-odds of rows lie that it has not learnt from: cuts the bands, and is the reference of the score. */
  unseen: Float64Array
  /** Where the features lay. */
  all: Dataset
  /** Shares of the rows at or above each edge of the bands, descending. */
  shares: readonly number[]
  training: Omit<ModelFile['training'], 'dataHash'>
}

export function fileOf({ profile, dictionary, part, held, unseen, all, shares, training }: FileParts): ModelFile {
  const calibration = chooseCalibration(held.logOdds, held.labels)
  const probability = calibrate(calibration)
  const scores = unseen.map(probability)
  return {
    formatVersion: 1,
    profile: profile.file.name,
    label: dictionary.label,
    ...part,
    peers: { rows: dictionary.peers, enterprisesMin: peersMin },
    calibration,
    bandEdges: bandEdgesFor(scores, shares),
    reference: {
      score: psiReference(scores),
      features: referencesOf(part, all),
      ...ageOf(profile, dictionary, all.ticks[0]),
    },
    training: {
      ...training,
      dataHash: dictionary.dataHash,
      metrics: { ...training.metrics, ...heldMetrics(held.logOdds.map(probability), held.labels) },
    },
  }
}

/** Shares of rows above each edge; 1 - .9 is .09999999999999998, which of 600 rows would take 59. */
export function sharesAbove({ bandShares }: Pick<TrainingSetting, 'bandShares'>): number[] {
  return bandShares.map((share) => Number((1 - share).toPrecision(12)))
}

function referencesOf({ features }: ModelPart, rows: Dataset): PsiReference[] {
  return features.map(({ name }) => psiReference(columnsOf(rows, [name])))
}

/** These rows chose the calibration: their Brier score is a little too good. */
function heldMetrics(scores: Float64Array, labels: Uint8Array): Record<string, number> {
  const found = {
    validationAuc: areaUnderRoc(scores, labels),
    validationBrier: brierScore(scores, labels),
    validationRows: labels.length,
  }
  return Object.fromEntries(
    Object.entries(found).flatMap(([name, value]) => (Number.isFinite(value) ? [[name, rounded(value)]] : [])),
  )
}
