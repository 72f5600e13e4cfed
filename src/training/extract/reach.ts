/** How far back a log that was pruned can be folded again: facts older than the horizon say nothing, so events before it are not missed. */
import type { Profile } from '../../../streams/profile.ts'
import { ForewarnError } from '../../errors.ts'
import { futureMsMax, horizonHours, hourMs } from '../../limits.ts'
import { firstRecord } from '../../log/lastRecord.ts'
import type { Log } from '../../log/port.ts'

/**
 * The first tick at whose end all is known that was known then; undefined where nothing was pruned. `cuts`: as if the events before these
 * offsets were gone too, by partition.
 */
export async function replayReach(
  log: Log,
  { calendar }: Pick<Profile, 'calendar'>,
  cuts: ReadonlyMap<number, number> = new Map(),
): Promise<number | undefined> {
  let reachMs: number | undefined
  for (let partition = 0; partition < log.partitions('risk-events'); partition++) {
    const from = Math.max(cuts.get(partition) ?? 0, (await log.range('risk-events', partition)).start)
    if (from === 0) continue
    const first = await firstRecord(log, 'risk-events', partition, from)
    reachMs = Math.max(reachMs ?? 0, (first?.timeMs ?? 0) + futureMsMax + horizonHours * hourMs)
  }
  return reachMs === undefined ? undefined : calendar.tickOf(reachMs)
}

/** @throws ForewarnError FW_OUT_OF_REACH for a tick before that; `what` was asked. */
export async function checkReach(
  log: Log,
  profile: Pick<Profile, 'calendar'>,
  tick: number,
  what: string,
): Promise<void> {
  const reach = await replayReach(log, profile)
  if (reach !== undefined && tick < reach)
    throw new ForewarnError('FW_OUT_OF_REACH', [what, profile.calendar.label(reach)])
}
