/** Models beside one another on rows that the candidate has not learnt from. */
import type { Dataset } from '../../models/learn/dataset.ts'
import { evaluate } from '../../models/quality/evaluate.ts'
import type { Evaluation } from '../../models/quality/evaluation.ts'
import { type Gate, promotionGates } from '../../models/quality/gates.ts'
import type { ModelFile } from '../../models/risk/modelFile.ts'
import type { Profile } from '../../streams/profile.ts'
import { columnsOf, probabilitiesOf } from './trainModel.ts'

export type Judged = { name: string; file: ModelFile }

export type EvaluateOptions = {
  profile: Profile
  data: Dataset
  candidate: Judged
  others: readonly Judged[]
  /** Name of the one among the others that is in use. */
  champion: string | undefined
}

export type JudgedModel = Evaluation & { gates: Gate[] }

const seed = 1
/** Where the grades do not say how many are bad. */
const highShareDefault = 0.1

/** @throws Error when a model asks for a column that the rows do not have. */
export function evaluateModels({ profile, data, candidate, others, champion }: EvaluateOptions): JudgedModel {
  const names = candidate.file.features.map(({ name }) => name)
  const values = columnsOf(data, names)
  const scored = ({ name, file }: Judged): { name: string; scores: Float64Array } => ({
    name,
    scores: probabilitiesOf(
      file,
      columnsOf(
        data,
        file.features.map((feature) => feature.name),
      ),
    ),
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
  return { ...evaluation, gates: promotionGates(evaluation) }
}

/** As many rows as have the worst grade, so that lift compares the model with it. */
function highShareOf({ grades }: Profile, data: Dataset): number {
  const worst = grades[grades.length - 1]
  const share = data.grades.filter((grade) => grade === worst && grades.length > 1).length / data.grades.length
  return share > 0 && share <= 0.5 ? share : highShareDefault
}
