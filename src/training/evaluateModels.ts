/** Models beside one another on rows that none of them has learnt from, as far as that can be had. */
import { columnsOf, type Dataset } from '../../models/learn/dataset.ts'
import { evaluate } from '../../models/quality/evaluate.ts'
import type { Evaluation } from '../../models/quality/evaluation.ts'
import { type Gate, promotionGates } from '../../models/quality/gates.ts'
import type { ModelFile, RowsRange } from '../../models/risk/modelFile.ts'
import type { EvaluationIdentity } from '../../streams/evaluationIdentity.ts'
import type { Profile } from '../../streams/profile.ts'
import type { JudgedModel } from './asOf.ts'
import { driftSetting } from './driftSetting.ts'
import type { PeerRows } from './extract/peerTable.ts'
import { identityOf } from './identity.ts'
import { type FeatureImportance, importanceOf } from './importance.ts'
import { probabilitiesOf } from './scores.ts'

export type EvaluateOptions = {
  profile: Profile
  /** Hash of the profile that the rows were taken with: what is said of them holds for it. */
  profileHash: string
  /** The rows that judge, one or more. */
  data: Dataset
  /** Peers that the rows' `peer` is set against; each model has its own. */
  peers: PeerRows
  candidate: JudgedModel
  others: readonly JudgedModel[]
  /** Name of the one among the others that is in use. */
  champion: string | undefined
  /** Share of the rows at which lift and recall are measured, above 0 and at most 1. */
  share: number
}

/** Who is judged, in words and dates. */
export type Subject = {
  name: string
  hash: string
  kind: ModelFile['kind']
  /** What it has learnt from; of trees from elsewhere, what calibrated it. */
  trained: RowsRange
  /** Nothing of it can be fitted here. */
  imported: boolean
  /** The rows that it was fitted on anew, to be judged. */
  judgedAs?: RowsRange
}

export type ModelEvaluation = Evaluation & {
  about: EvaluationIdentity
  gates: Gate[]
  /** Name of the profile. */
  profile: string
  /** What the label means. */
  outcome: string
  /** The candidate, and the others in their order. */
  models: Subject[]
  /** Others of the candidate's recipe: as judged here they are one model with it, and only newer rows part the two. */
  sameRecipe: string[]
  /** Of the candidate. */
  importance: FeatureImportance
}

export const shareDefault = 0.1
const seed = 1

/** @throws Error when a model asks for a column that the rows do not have. */
export function evaluateModels(options: EvaluateOptions): ModelEvaluation {
  const { profile, profileHash, data, peers, candidate, others, champion, share } = options
  const { file } = candidate.judged
  const names = file.features.map(({ name }) => name)
  const valuesFor = (one: ModelFile): Float64Array => againstItsPeers(data, peers, one)
  const values = valuesFor(file)
  const same = others.filter(({ judged }) => judged.hash === candidate.judged.hash).map(({ name }) => name)
  const evaluation = evaluate({
    candidate: { name: candidate.name, scores: probabilitiesOf(file, values) },
    others: others.map(({ name, judged }) => ({ name, scores: probabilitiesOf(judged.file, valuesFor(judged.file)) })),
    ...(champion === undefined ? {} : { champion }),
    labels: data.labels,
    ticks: data.ticks,
    monthOf: (tick) => profile.calendar.label(tick).slice(0, 7),
    regions: data.regions,
    industries: data.industries,
    grades: data.grades,
    ids: data.ids,
    highShare: share,
    worstGrade: profile.grades.length > 1 ? profile.grades.at(-1) : undefined,
    bands: { names: profile.file.bands.map(({ code }) => code), edges: file.bandEdges },
    ...(file.reference === undefined
      ? {}
      : { drift: { reference: file.reference, names, values, ...driftSetting(profile, file, data) } }),
    seed,
  })
  const rival = others.find(({ name }) => name === champion)
  return {
    ...evaluation,
    about: identityOf(profile, data, { candidate, champion: rival?.hash, profileHash }),
    gates: promotionGates(evaluation).map((gate) => withoutTie(gate, same)),
    profile: profile.file.name,
    outcome: candidate.file.label,
    models: [candidate, ...others].map(subjectOf),
    sameRecipe: same,
    importance: importanceOf(file, values, data, seed),
  }
}

/** Nothing is better than itself: a rival that is the same fit is passed by what is equal to it. */
function withoutTie(gate: Gate, same: readonly string[]): Gate {
  const isTie = gate.name === 'brierDifference' && gate.value === 0 && same.some((name) => name === gate.of)
  return isTie ? { ...gate, passed: true } : gate
}

function subjectOf({ name, hash, file, judged }: JudgedModel): Subject {
  return {
    name,
    hash,
    kind: file.kind,
    trained: rangeIn(file),
    imported: file.kind === 'trees',
    ...(judged.hash === hash ? {} : { judgedAs: rangeIn(judged.file) }),
  }
}

const rangeIn = ({ training: { from, to, rows, positives } }: ModelFile): RowsRange => ({ from, to, rows, positives })

/** The columns that a model asks for, `peer` set against the peers that came with it. */
export function againstItsPeers(data: Dataset, peers: PeerRows, file: ModelFile): Float64Array {
  const names = file.features.map(({ name }) => name)
  const values = columnsOf(data, names)
  const column = names.indexOf('peer')
  if (column < 0) return values
  for (let row = 0, at = column; row < data.labels.length; row++, at += names.length) {
    const [industry, region] = [data.industries[row], data.regions[row]]
    const [own, its] = [peersAt(peers, industry, region), peersAt(file.peers.rows, industry, region)]
    // Without peers the feature is 0, as in the stream.
    values[at] = own === undefined || its === undefined ? 0 : (values[at] * own[1] + own[0] - its[0]) / its[1]
  }
  return values
}

/** The finest row of a peer table; industry is given up before region, as in the stream. */
function peersAt(
  peers: Readonly<PeerRows>,
  industry: string,
  region: string,
): readonly [median: number, spread: number] | undefined {
  return peers[`${industry}|${region}`] ?? peers[`|${region}`] ?? peers[`${industry}|`] ?? peers['|']
}
