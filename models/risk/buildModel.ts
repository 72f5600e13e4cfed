/** From a model file to something that scores: its kind's core, with probabilities, bands and reasons around it. */
import { calibrate } from './calibration.ts'
import type { ModelFile, NetworkFile, ScorecardFile, TreesFile } from './modelFile.ts'
import { network } from './network.ts'
import type { Contribution, ModelCore, RiskModel } from './riskModel.ts'
import { scorecard } from './scorecard.ts'
import { trees } from './trees.ts'

/** @throws Error when the parts of the file do not fit together. */
export function buildModel(file: ModelFile, hash: string): RiskModel {
  const { features, bandEdges, calibration = { kind: 'none' }, reference } = file
  if (bandEdges.some((edge, at) => at > 0 && edge <= bandEdges[at - 1])) throw new Error('bandEdges: must ascend')
  if (reference !== undefined && reference.features.length !== features.length)
    throw new Error(`reference.features: ${reference.features.length} for ${features.length} features`)
  const core = coreOf(file)
  const probability = calibrate(calibration)
  const one = new Float64Array(1)
  const ofReasons = new Float64Array(features.length)
  const scoreRows: RiskModel['scoreRows'] = (rows, out) => {
    core.logOdds(rows, out)
    for (let at = 0; at < out.length; at++) if (!Number.isNaN(out[at])) out[at] = probability(out[at])
  }
  const contributions = (x: Float64Array, out = new Float64Array(features.length)): Float64Array => {
    core.contributions(x, out)
    return out
  }
  return {
    kind: file.kind,
    hash,
    featureNames: features.map(({ name }) => name),
    bandEdges,
    baseLogOdds: core.baseLogOdds,
    score(x) {
      scoreRows(x, one)
      return Number.isNaN(one[0]) ? undefined : one[0]
    },
    scoreRows,
    contributions,
    reasons(x, max) {
      const largest: Contribution[] = []
      const shares = contributions(x, ofReasons)
      for (let feature = 0; feature < shares.length; feature++) {
        const logOdds = shares[feature]
        if (!(logOdds > 0)) continue
        let at = largest.length
        while (at > 0 && largest[at - 1].logOdds < logOdds) at--
        if (at === max) continue
        largest.splice(at, 0, { feature, logOdds })
        if (largest.length > max) largest.pop()
      }
      return largest
    },
    peers: file.peers.rows,
    reference,
  }
}

/** The part of a model file that is its kind's own. */
export type ModelPart =
  | Pick<ScorecardFile, 'kind' | 'features' | 'scorecard'>
  | Pick<NetworkFile, 'kind' | 'features' | 'network'>
  | Pick<TreesFile, 'kind' | 'features' | 'trees'>

/** What the kinds differ in: log-odds before calibration. @throws Error when the parts of the file do not fit together. */
export function coreOf(file: ModelPart): ModelCore {
  switch (file.kind) {
    case 'scorecard':
      return scorecard(file)
    case 'trees':
      return trees(file)
    case 'network':
      return network(file)
  }
}
