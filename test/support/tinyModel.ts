/** A scorecard over every feature of a profile, with weights made up so that a few events cross the bands. */

import { featureNames } from '../../models/features.ts'
import { buildModel } from '../../models/risk/buildModel.ts'
import type { RiskModel } from '../../models/risk/riskModel.ts'
import { featureProfile } from '../../src/featureProfile.ts'
import type { Profile } from '../../streams/profile.ts'

/** `others`: weights of further features, by name. */
export function tinyModel(profile: Profile, others: Readonly<Record<string, number>> = {}): RiskModel {
  const names = featureNames(featureProfile(profile))
  const weightOf = (name: string): number => {
    if (name === 'count.all.7d') return 1
    if (name === 'severity.PEN.90d') return 0.8
    if (name === 'grade.D') return 1.5
    if (name === 'gradeWorse') return 0.3
    return others[name] ?? (name.startsWith('momentum') ? 0.05 : 0)
  }
  return buildModel(
    {
      formatVersion: 1,
      kind: 'scorecard',
      profile: profile.file.name,
      label: 'none',
      features: names.map((name) => ({ name, mean: 0, deviation: 1 })),
      scorecard: { intercept: -3, weights: names.map(weightOf) },
      peers: { rows: {}, enterprisesMin: 30 },
      bandEdges: [0.2, 0.5],
      training: { from: '', to: '', rows: 0, positives: 0, seed: 0, dataHash: '', command: '', metrics: {} },
    },
    'b'.repeat(64),
  )
}
