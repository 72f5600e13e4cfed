/** Model folders made up for tests, and the records that bring them into a log. */
import { featureNames } from '../../models/features.ts'
import { requiredGates } from '../../models/quality/gates.ts'
import { featureProfile, featuresHash } from '../../src/featureProfile.ts'
import { type FolderFiles, folderHash } from '../../src/registry/modelFolder.ts'
import { chunksOf } from '../../src/settings/registry/chunks.ts'
import type { Gate } from '../../streams/commands.ts'
import type { EvaluationIdentity } from '../../streams/evaluationIdentity.ts'
import type { Profile } from '../../streams/profile.ts'
import type { TestRecord } from './fold.ts'
import { tinyProfile } from './tinyProfile.ts'

export type FolderOptions = {
  profile?: Profile
  /** Weight of one event of the last seven days; it tells models apart. */
  weight: number
  /** Replaces fields of `model.json`. */
  change?: Record<string, unknown>
  card?: string
}
export type TestFolder = { hash: string; files: FolderFiles }

/** A scorecard over all features of a profile, of which one counts. */
export function modelFolder({
  profile = tinyProfile,
  weight,
  change = {},
  card = '# A model\n',
}: FolderOptions): TestFolder {
  const names = featureNames(featureProfile(profile))
  const model = {
    formatVersion: 1,
    kind: 'scorecard',
    profile: profile.file.name,
    label: `weight ${weight}`,
    features: names.map((name) => ({ name, mean: 0, deviation: 1 })),
    scorecard: { intercept: -3, weights: names.map((name) => (name === 'count.all.7d' ? weight : 0)) },
    peers: { rows: {}, enterprisesMin: 30 },
    bandEdges: profile.file.bands.slice(1).map((_, at) => 0.2 + 0.3 * at),
    training: {
      from: '2025-01-01',
      to: '2025-12-31',
      rows: 100,
      positives: 10,
      seed: 1,
      dataHash: '',
      command: '',
      metrics: { auc: 0.5 + weight / 10 },
    },
    ...change,
  }
  const files = new Map<string, Uint8Array>([
    ['MODEL_CARD.md', Buffer.from(card)],
    ['model.json', Buffer.from(JSON.stringify(model))],
  ])
  return { hash: folderHash(files), files }
}

/** The chunks of a folder as records of one log time. */
export function chunkRecords({ hash, files }: TestFolder, timeMs: number, chunkBytes?: number): TestRecord[] {
  return chunksOf('model', hash, files, chunkBytes).map((value) => ({ topic: 'artifacts', key: null, timeMs, value }))
}

/** What a promotion carries of an evaluation. */
export type Evaluated = { gates: Gate[]; evaluation: EvaluationIdentity }

/** An evaluation that holds every gate, against a champion or nobody. */
export function evaluated(hash: string, comparedWith: string | null, profile = tinyProfile): Evaluated {
  return {
    gates: requiredGates(comparedWith !== null).map((name) => ({ name, passed: true, value: 0, limit: 0.1 })),
    evaluation: {
      candidate: hash,
      judged: hash,
      comparedWith,
      profile: profile.hash,
      features: featuresHash(profile),
      rows: { hash: 'd'.repeat(64), count: 100, from: '2026-01-01', to: '2026-03-31' },
    },
  }
}

/** For promotions of tests that ask for something else than what they stand on. */
export const overridden = { override: 'for a test' }

export type ModelRequest =
  | ({ kind: 'model.promote'; hash: string; override?: string } & Partial<Evaluated>)
  | { kind: 'model.challenge'; hash: string | null }
  | { kind: 'model.rollback' }

export function modelCommand(id: string, timeMs: number, effectiveTick: number, request: ModelRequest): TestRecord {
  return { topic: 'commands', key: null, timeMs, value: { id, actor: 'test', effectiveTick, ...request } }
}
