/** Log time against the clock: records that wait for beats to come, and what is folded ahead. Between imports; inside one, log time is the source's. */
import { lastFolded } from '../../../fold/progress.ts'
import { aheadToldMs } from '../../../limits.ts'
import { firstRecord } from '../../../log/lastRecord.ts'
import type { Log } from '../../../log/port.ts'
import { taskName, tasksOf } from '../../../log/tasks.ts'
import { inputsOf } from '../../../log/topology.ts'
import { type Check, ok, warn } from './check.ts'

const remedy =
  'Set the clocks right, of this machine and of whoever writes the log: `date -u` tells. Folding goes on by itself; --ahead-max bounds the wait.'

/** `nowMs`: milliseconds since 1970. */
export async function checkTime(log: Log, beatMs: number, nowMs: number): Promise<Check> {
  const partitions = log.partitions('risk-events')
  let lead: { ms: number; says: string } | undefined
  const note = (ms: number, says: string): void => {
    if (ms > aheadToldMs && ms > (lead?.ms ?? 0)) lead = { ms, says }
  }
  for (const task of tasksOf(partitions)) {
    const folded = await lastFolded(log, task)
    const name = taskName(task)
    if (folded !== undefined) note((folded.beat + 1) * beatMs - nowMs, `what ${name} has folded is ahead of the clock`)
    for (const [at, { topic, partition, closedBy }] of inputsOf(task, partitions).entries()) {
      if (typeof closedBy === 'object') continue // belongs to no beat
      const first = await firstRecord(log, topic, partition, folded?.cuts[at] ?? 0)
      if (first !== undefined)
        note(first.timeMs - nowMs, `records of ${topic}, partition ${partition}, wait in ${name} for beats to come`)
    }
  }
  if (lead === undefined) return ok('time', 'Log time does not lead the clock.')
  return warn('time', `Log time leads the clock by ${Math.round(lead.ms / 1_000)} s: ${lead.says}.`, remedy)
}
