/** Model folders as a log brings them, chunk by chunk: each is a misfit or scores, and no task ends over it. */
import { featureNames } from '../../../models/features.ts'
import { errorRegistry } from '../../../src/errors.ts'
import { featureProfile } from '../../../src/featureProfile.ts'
import { jsonBytes } from '../../../src/json.ts'
import type { LogRecord } from '../../../src/log/port.ts'
import { ArtifactIndex } from '../../../src/registry/artifactIndex.ts'
import { type FolderFiles, folderHash, modelIn } from '../../../src/registry/modelFolder.ts'
import { chunksOf } from '../../../src/settings/registry/chunks.ts'
import type { Sfc32 } from '../../../streams/sfc32.ts'
import { modelFolder } from '../../support/models.ts'
import { randomTrees } from '../../support/randomTrees.ts'
import { partsOf, randomLayers } from '../../support/tinyNetwork.ts'
import { tinyProfile } from '../../support/tinyProfile.ts'
import { type Fuzzer, must } from '../fuzzer.ts'

const names = featureNames(featureProfile(tinyProfile))

/** The file `model.json` of a folder. */
export const modelFuzzer: Fuzzer = {
  name: 'model',
  few: 1_000,
  sample: (random) => ({ bytes: Buffer.from(fileOf(random)), means: 'scores' }),
  read(bytes) {
    const files: FolderFiles = new Map([
      ['MODEL_CARD.md', Buffer.from('# A model')],
      ['model.json', bytes],
    ])
    const hash = folderHash(files)
    const index = new ArtifactIndex(tinyProfile)
    for (const chunk of chunksOf('model', hash, files))
      must(index.take(recordOf(jsonBytes(chunk))).fate === 'applied', 'a chunk is refused')
    const state = index.stateOf('model', hash)
    if (typeof state === 'string') return state
    return state.misfit ?? scores(files, hash)
  },
}

/** A chunk of an artefact, behind one of another. */
export const artifactFuzzer: Fuzzer = {
  name: 'artifact',
  few: 2_000,
  sample(random) {
    const { hash, files } = modelFolder({ weight: random.next() })
    return { bytes: Buffer.from(jsonBytes(chunksOf('model', hash, files)[random.int(2)])), means: 'applied' }
  },
  read(bytes) {
    const index = new ArtifactIndex(tinyProfile)
    for (const chunk of goodChunks) index.take(recordOf(jsonBytes(chunk)))
    const { fate, code } = index.take(recordOf(bytes))
    must(fate !== 'dead' || (code !== undefined && code in errorRegistry), 'a chunk is dead without a code')
    const state = index.stateOf('model', goodFolder.hash)
    must(typeof state === 'object' && state.misfit === undefined, 'the artefact beside it is lost')
    const again = new ArtifactIndex(tinyProfile)
    for (const one of index.save()) again.load(one)
    return fate
  },
}

const goodFolder = modelFolder({ weight: 1 })
const goodChunks = chunksOf('model', goodFolder.hash, goodFolder.files)

const recordOf = (value: Uint8Array): LogRecord => ({ offset: 0, timeMs: 0, key: null, value, headers: null })

const rows = [0, 1, -1, 1e9, 0.5].map((value) => new Float64Array(names.length).fill(value))

function scores(files: FolderFiles, hash: string): string {
  const { model } = modelIn(files, hash)
  for (const row of rows) {
    const probability = model.score(row.subarray(0, model.featureNames.length))
    must(
      probability === undefined || (probability >= 0 && probability <= 1),
      `a row has the probability ${probability}`,
    )
    const reasons = model.reasons(row.subarray(0, model.featureNames.length), 5)
    if (probability !== undefined)
      must(
        reasons.every(({ logOdds }) => Number.isFinite(logOdds)),
        'a reason is no number',
      )
  }
  return 'scores'
}

function fileOf(random: Sfc32): string {
  const { files } = modelFolder({ weight: random.next(), change: { ...kindOf(random), ...extras(random) } })
  return Buffer.from(files.get('model.json') ?? new Uint8Array(0)).toString('utf8')
}

function kindOf(random: Sfc32): Record<string, unknown> {
  const features = names.map((name) => ({ name, mean: 0.5, deviation: 2 }))
  switch (random.int(4)) {
    case 0: {
      const { trees } = randomTrees(() => random.next(), { features: names.length, trees: 2, leaves: 6 })
      return { kind: 'trees', features, trees }
    }
    case 1:
      return { kind: 'network', ...partsOf(randomLayers([names.length, 3, 1], random.int(100))), features }
    case 2: {
      const interactions = [{ features: [names[0], names[1]], weight: 0.2 }]
      const bins = [{ feature: names[2], edges: [0, 1], logOdds: [-1, 0, 1] }]
      const weights = names.map((_, at) => (at === 2 ? 0 : random.next() - 0.5))
      return { features, scorecard: { intercept: -2, weights, terms: { interactions, bins } } }
    }
    default:
      return { features }
  }
}

function extras(random: Sfc32): Record<string, unknown> {
  const lie = { edges: [0.2, 0.4], shares: [0.3, 0.3, 0.4], missing: 0 }
  const all: Record<string, unknown>[] = [
    {},
    { calibration: { kind: 'beta', a: 1, b: 0.9, c: 0.1 } },
    { calibration: { kind: 'isotonic', edges: [-2, 0, 2], values: [0.1, 0.4, 0.9] } },
    { reference: { score: lie, features: names.map(() => lie) } },
    { peers: { rows: { '': [0.2, 1], 'X|P': [0.3, 2], __proto__: [0, 1] }, enterprisesMin: 30 } },
  ]
  return all[random.int(all.length)]
}
