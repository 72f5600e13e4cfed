/** Warnings that are open when a process starts: the last change of each, read from the log, so that their series are there at once. */
import type { Warning } from '../../../streams/warnings.ts'
import type { Log } from '../../log/port.ts'
import { publishedWarnings } from '../../log/publishedWarnings.ts'

export type OpenWarning = Pick<Warning, 'id' | 'statistic' | 'axis' | 'region' | 'industry' | 'level'>

export async function openWarnings(log: Log): Promise<OpenWarning[]> {
  const open = new Map<string, OpenWarning>()
  for await (const { id, statistic, axis, region, industry, level } of publishedWarnings(log)) {
    if (level === 'calm') open.delete(id)
    else open.set(id, { id, statistic, axis, region, industry, level })
  }
  return [...open.values()]
}
