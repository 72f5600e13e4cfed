/** With what drift is judged: the profile's limits, and how old and how large what is compared is. */
import type { Dataset } from '../../models/learn/dataset.ts'
import { type DriftLimits, driftLimits, tooLittleOf } from '../../models/quality/driftLimits.ts'
import type { ModelFile } from '../../models/risk/modelFile.ts'
import type { Profile } from '../../streams/profile.ts'
import type { RowsDictionary } from '../../streams/trainingRows.ts'
import { dayMs, horizonHours, hoursPerDay } from '../limits.ts'

/** Of a model on rows that it has not learnt from. A model that does not say when its rows were taken is believed to have enough. */
export function driftSetting(
  { calendar, file }: Profile,
  { training, reference }: ModelFile,
  { ticks }: Pick<Dataset, 'ticks'>,
): { limits: DriftLimits; tooLittle: string | undefined } {
  const days = (from: number | undefined, to: number | undefined): number =>
    from === undefined || to === undefined ? Number.POSITIVE_INFINITY : ((to + 1 - from) * calendar.tickMs) / dayMs
  const learnt = { rows: training.rows, days: days(calendar.parse(training.from), calendar.parse(training.to)) }
  const judged = { rows: ticks.length, days: days(ticks[0], ticks[ticks.length - 1]) }
  return {
    limits: driftLimits(file, horizonHours / hoursPerDay, reference?.ageDays),
    tooLittle: tooLittleOf(file, learnt, judged),
  }
}

/** How old the log was, in days, when its first row was taken; nothing where the rows do not say when it began. */
export function ageOf(
  { calendar }: Profile,
  { logFrom }: Pick<RowsDictionary, 'logFrom'>,
  firstTick: number,
): { ageDays?: number } {
  const began = logFrom === undefined ? undefined : calendar.parse(logFrom)
  return began === undefined ? {} : { ageDays: Math.max(0, ((firstTick - began) * calendar.tickMs) / dayMs) }
}
