/** Who brought many times the usual at once: of a source and a region the most records of one tick, beside those of the other ticks. */
import { usualTicks } from '../../limits.ts'
import { rounded } from '../rounded.ts'
import { numberIn, textIn } from '../values.ts'
import type { Model, When } from './ask.ts'

/** `usual`: records a tick, the upload left out. */
export type Upload = { source: string; region: string; tick: string; records: number; usual: number }

/** So long an upload is told. */
const toldTicks = 7
const recordsMin = 60
const timesUsual = 4
const knownTicksMin = 7
const uploadsMax = 10

/** The largest first. It says nothing of the records: whether they are judged is the watch's rule. */
export function uploadsAt({ store, editions }: Model, { shown }: When): Upload[] {
  if (shown === undefined) return []
  return store
    .all(
      `SELECT source, region, tick, max(records) AS most, 1.0 * (sum(records) - max(records)) / (count(*) - 1) AS usual
       FROM source_heard WHERE tick BETWEEN ? AND ? AND region != '' GROUP BY source, region
       HAVING count(*) > ? AND most >= ? AND most >= ? * usual AND tick > ? ORDER BY most DESC, source, region LIMIT ?`,
      ...[shown - usualTicks + 1, shown, knownTicksMin, recordsMin, timesUsual, shown - toldTicks, uploadsMax],
    )
    .map((row) => ({
      source: textIn(row, 'source'),
      region: textIn(row, 'region'),
      tick: editions.profile.calendar.label(numberIn(row, 'tick')),
      records: numberIn(row, 'most'),
      usual: rounded(numberIn(row, 'usual'), 1),
    }))
}
