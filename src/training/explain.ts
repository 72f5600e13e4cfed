/** What was known of one enterprise at the end of a tick: its features, and what a model makes of them. The log is folded again up to there. */
import { hourOf } from '../../models/facts.ts'
import type { RiskModel } from '../../models/risk/riskModel.ts'
import { reasonSentence } from '../enterprise/reasons.ts'
import { ForewarnError } from '../errors.ts'
import { reasonsMax } from '../limits.ts'
import { type PastSource, PastTasks } from './extract/pastTasks.ts'
import { featuresOf } from './extract/rows.ts'

export type Explanation = {
  enterpriseId: string
  tick: number
  asOf: string
  model: string | null
  /** Absent where the model cannot score the row, or where there is none. */
  probability: number | undefined
  features: { name: string; value: number /** Share of the log-odds. */; logOdds: number | undefined }[]
  reasons: { feature: string; logOdds: number; text: string }[]
}

/** @throws ForewarnError FW_ENTERPRISE_UNKNOWN when nothing was known of it by then. */
export async function explain(
  source: PastSource,
  id: string,
  tick: number,
  by: { model: RiskModel | undefined; features: readonly string[] },
): Promise<Explanation> {
  const past = new PastTasks(source)
  await past.through(tick)
  const { profile } = source
  const { calendar } = profile
  for (const task of past.tasks) {
    const row = task.ids.find(id)
    if (row === undefined) continue
    const names = by.model?.featureNames ?? by.features
    const values = new Float64Array(names.length)
    featuresOf(profile, task, names, by.model?.peers ?? {})(row, hourOf(calendar.endMs(tick)), values)
    const shares = by.model?.contributions(values)
    return {
      enterpriseId: id,
      tick,
      asOf: new Date(calendar.endMs(tick)).toISOString(),
      model: by.model?.hash ?? null,
      probability: by.model?.score(values),
      features: names.map((name, at) => ({ name, value: values[at], logOdds: shares?.[at] })),
      reasons: (by.model?.reasons(values, reasonsMax) ?? []).map(({ feature, logOdds }) => ({
        feature: names[feature],
        logOdds,
        text: reasonSentence(profile, names[feature], profile.file.language)(values[feature]),
      })),
    }
  }
  throw new ForewarnError('FW_ENTERPRISE_UNKNOWN', [id, calendar.label(tick)])
}
