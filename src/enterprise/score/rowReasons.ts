/** Why a row scores as it does: the largest contributions in words, each with the newest facts behind it. Scores and explanations share it. */
import type { RiskModel } from '../../../models/risk/riskModel.ts'
import type { Reason } from '../../../streams/outputs.ts'
import { typesBehind } from '../../featureProfile.ts'
import { reasonFactsMax, reasonFactsSearched, reasonsMax } from '../../limits.ts'
import { idHashAt, newestFacts } from '../rows/newestFacts.ts'
import { reasonSentence } from './reasons.ts'
import type { FeatureSource } from './rowFeatures.ts'

/** Reasons of a row at an hour, whose features are given in the model's order; largest first. */
export function rowReasons(
  { profile, rows }: Pick<FeatureSource, 'profile' | 'rows'>,
  model: RiskModel,
): (features: Float64Array, row: number, hour: number) => Reason[] {
  const sentences = model.featureNames.map((name) => reasonSentence(profile, name, profile.file.language))
  const behind = model.featureNames.map((name) => typesBehind(profile, name))
  const bounds = { max: reasonFactsMax, searched: reasonFactsSearched }
  return (features, row, hour) =>
    model.reasons(features, reasonsMax).map(({ feature, logOdds }) => {
      const facts = rows.facts(row)
      return {
        feature: model.featureNames[feature],
        logOdds,
        text: sentences[feature](features[feature]),
        facts: newestFacts(facts, hour, behind[feature], bounds).map((at) => idHashAt(facts, at)),
      }
    })
}
