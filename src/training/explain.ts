/** What was known of one enterprise at the end of a tick: its features, and what a model makes of them. The log is folded again up to there. */
import { type ExplainedBy, type Explanation, explanationOf } from '../enterprise/score/explanation.ts'
import { ForewarnError } from '../errors.ts'
import { type PastSource, PastTasks } from './extract/pastTasks.ts'

/** @throws ForewarnError FW_ENTERPRISE_UNKNOWN when nothing was known of it by then. */
export async function explain(source: PastSource, id: string, tick: number, by: ExplainedBy): Promise<Explanation> {
  const past = new PastTasks({ ...source, followsProfile: true })
  await past.through(tick)
  const { calendar } = source.profile
  for (const known of past.known) {
    const found = explanationOf(known, id, { tick, endMs: calendar.endMs(tick) }, by)
    if (found !== undefined) return found
  }
  throw new ForewarnError('FW_ENTERPRISE_UNKNOWN', [`${id} by the end of ${calendar.label(tick)}`])
}
