/** From which tick on warnings of a log that was pruned can be judged again: after the first full state that its archive holds. */
import { z } from 'zod'
import { jsonOf } from '../json.ts'
import type { Log } from '../log/port.ts'
import { recordsOf } from '../log/recordsOf.ts'

/** What tells records of the archive apart. */
export const ArchiveHead = z.looseObject({ kind: z.string(), tick: z.int(), page: z.int().optional() })

/** Undefined where nothing was pruned. `cut`: as if the records before this offset were gone too. */
export async function archiveReach(log: Log, cut = 0): Promise<number | undefined> {
  const from = Math.max(cut, (await log.range('ticks', 0)).start)
  if (from === 0) return undefined
  for await (const { value } of recordsOf(log, 'ticks', 0, from)) {
    const { kind, tick } = ArchiveHead.parse(jsonOf(value))
    if (kind === 'state') return tick + 1
  }
  return Number.POSITIVE_INFINITY
}
