/** Model folders made up for tests, and the records that bring them into a log. */
import { featureNames } from '../../models/features.ts'
import { chunksOf } from '../../src/edges/registry/chunks.ts'
import { featureProfile } from '../../src/enterprise/featureProfile.ts'
import { type FolderFiles, folderHash } from '../../src/registry/modelFolder.ts'
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
  return chunksOf(hash, files, chunkBytes).map((value) => ({ topic: 'artifacts', key: null, timeMs, value }))
}

export type ModelRequest =
  | { kind: 'model.promote'; hash: string; gates?: object[]; override?: string }
  | { kind: 'model.challenge'; hash: string | null }
  | { kind: 'model.rollback' }

export function modelCommand(id: string, timeMs: number, effectiveTick: number, request: ModelRequest): TestRecord {
  return { topic: 'commands', key: null, timeMs, value: { id, actor: 'test', effectiveTick, ...request } }
}
