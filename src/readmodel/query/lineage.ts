/** Where the numbers of a warning come from. */
import { warningTopicOf } from '../../../streams/topics.ts'
import { numberIn, textIn } from '../values.ts'
import { storedWarning } from '../warningRecord.ts'
import { type Model, whenOf } from './ask.ts'
import { recordsOf } from './detail.ts'
import { enterprisesBehind } from './enterprises/behind.ts'
import { warningRow } from './warnings.ts'

export type Lineage = {
  id: string
  records: { topic: string; tick: string; beat: number; change: string }[]
  archive: { tick: string; beat: number | null; pages: number }
  sources: { source: string; events: number }[]
  contributions: { enterprises: number; events: number; agrees: boolean | null }
  profile: string
  model: string | null
  foldVersion: number
}

export function lineageOf(model: Model, id: string, asOf: string | undefined): Lineage {
  const when = whenOf(model, asOf)
  const record = storedWarning(textIn(warningRow(model, id, when), 'record'))
  const tick = model.store.get('SELECT beat, pages FROM tick WHERE tick = ?', record.tick)
  const behind = enterprisesBehind(model, id, asOf)
  const bySource = new Map<string, number>()
  for (const { facts } of behind.rows)
    for (const { source, fresh } of facts) if (fresh) bySource.set(source, (bySource.get(source) ?? 0) + 1)
  return {
    id,
    records: recordsOf(model, id, when).map(({ statistic, axis, tickLabel, beat, change }) => ({
      topic: warningTopicOf({ statistic, axis }),
      tick: tickLabel,
      beat,
      change,
    })),
    archive: {
      tick: record.tickLabel,
      beat: tick === undefined ? null : numberIn(tick, 'beat'),
      pages: tick === undefined ? 0 : numberIn(tick, 'pages'),
    },
    sources: [...bySource]
      .map(([source, events]) => ({ source, events }))
      .sort((a, b) => b.events - a.events || (a.source < b.source ? -1 : 1)),
    contributions: { enterprises: behind.enterprises, events: behind.total, agrees: behind.agrees },
    profile: record.profile,
    model: record.model,
    foldVersion: record.foldVersion,
  }
}
