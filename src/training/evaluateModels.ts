/** Models beside one another on rows that the candidate has not learnt from. */
import { columnsOf, type Dataset } from '../../models/learn/dataset.ts'
import { evaluate } from '../../models/quality/evaluate.ts'
import type { Evaluation } from '../../models/quality/evaluation.ts'
import { type Gate, promotionGates } from '../../models/quality/gates.ts'
import type { ModelFile } from '../../models/risk/modelFile.ts'
import type { EvaluationIdentity } from '../../streams/evaluationIdentity.ts'
import type { Profile } from '../../streams/profile.ts'
import type { PeerRows } from './extract/peerTable.ts'
import { identityOf } from './identity.ts'
import { probabilitiesOf } from './trainModel.ts'

export type Judged = { name: string; hash: string; file: ModelFile }

export type EvaluateOptions = {
  profile: Profile
  data: Dataset
  /** Peers that the rows' `peer` is set against; each model has its own. */
  peers: PeerRows
  candidate: Judged
  others: readonly Judged[]
  /** Name of the one among the others that is in use. */
  champion: string | undefined
}

export type JudgedModel = Evaluation & { gates: Gate[]; about: EvaluationIdentity }

const seed = 1
/** Where the grades do not say how many are bad. */
const highShareDefault = 0.1

/** @throws Error when a model asks for a column that the rows do not have. */
export function evaluateModels({ profile, data, peers, candidate, others, champion }: EvaluateOptions): JudgedModel {
  const names = candidate.file.features.map(({ name }) => name)
  const valuesFor = (file: ModelFile): Float64Array => againstItsPeers(data, peers, file)
  const values = valuesFor(candidate.file)
  const scored = ({ name, file }: Judged): { name: string; scores: Float64Array } => ({
    name,
    scores: probabilitiesOf(file, valuesFor(file)),
  })
  const { reference } = candidate.file
  const evaluation = evaluate({
    candidate: { name: candidate.name, scores: probabilitiesOf(candidate.file, values) },
    others: others.map(scored),
    ...(champion === undefined ? {} : { champion }),
    labels: data.labels,
    ticks: data.ticks,
    monthOf: (tick) => profile.calendar.label(tick).slice(0, 7),
    regions: data.regions,
    industries: data.industries,
    grades: data.grades,
    ids: data.ids,
    highShare: highShareOf(profile, data),
    ...(reference === undefined ? {} : { drift: { reference, names, values } }),
    seed,
  })
  const rival = others.find(({ name }) => name === champion)
  const about = identityOf(profile, data, { candidate: candidate.hash, champion: rival?.hash })
  return { ...evaluation, gates: promotionGates(evaluation), about }
}

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

/** As many rows as have the worst grade, so that lift compares the model with it. */
function highShareOf({ grades }: Profile, data: Dataset): number {
  const worst = grades[grades.length - 1]
  const share = data.grades.filter((grade) => grade === worst && grades.length > 1).length / data.grades.length
  return share > 0 && share <= 0.5 ? share : highShareDefault
}
