/** Warnings that are open when a process starts: the last change of each, read from the log, so that their series are there at once. */
import { warningTopics } from '../../../streams/topics.ts'
import { AnyWarning, type Warning } from '../../../streams/warnings.ts'
import { jsonOf } from '../../json.ts'
import type { Log } from '../../log/port.ts'
import { recordsOf } from '../../log/recordsOf.ts'

export type OpenWarning = Pick<Warning, 'id' | 'statistic' | 'axis' | 'region' | 'industry' | 'level'>

export async function openWarnings(log: Log): Promise<OpenWarning[]> {
  const open = new Map<string, OpenWarning>()
  for (const topic of Object.values(warningTopics)) {
    for await (const { value } of recordsOf(log, topic, 0)) {
      const { id, statistic, axis, region, industry, level } = AnyWarning.parse(jsonOf(value))
      if (level === 'calm') open.delete(id)
      else open.set(id, { id, statistic, axis, region, industry, level })
    }
  }
  return [...open.values()]
}
