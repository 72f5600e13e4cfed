/** Time: that of the log against the clock (between imports; inside one, log time is the source's), and the clock of the brokers against this one. */

import { recordTopics } from '../../../../streams/topics.ts'
import { lastFolded } from '../../../fold/progress.ts'
import { aheadToldMs, nextRecordMsMax, secondMs, slackMsDefault } from '../../../limits.ts'
import { firstRecord, lastRecord } from '../../../log/lastRecord.ts'
import type { Log } from '../../../log/port.ts'
import { placesOf } from '../../../log/recordsOf.ts'
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

/** What a record takes from the broker to a reader, where nothing is wrong. */
const onTheWayMsMax = secondMs

/** Of a log whose broker stamps inputs: how far its clock is from this one, by the next record that comes. `now`: milliseconds since 1970. */
export async function checkBrokerClock(log: Log, now: () => number = Date.now): Promise<Check> {
  const places = placesOf(log, recordTopics)
  const ends = (): Promise<number[]> =>
    Promise.all(places.map(async ({ topic, partition }) => (await log.range(topic, partition)).end))
  const before = await ends()
  for (const untilMs = performance.now() + nextRecordMsMax; performance.now() < untilMs; ) {
    await log.changed(untilMs - performance.now())
    const seenMs = now()
    const place = places[(await ends()).findIndex((end, at) => end > before[at])]
    const record = place && (await lastRecord(log, place.topic, place.partition))
    if (record !== undefined) return clockVerdict(record.timeMs - seenMs)
  }
  const says = `No record came in ${nextRecordMsMax / secondMs} s, so the clock of the brokers is not known.`
  return ok('clock', `${says} Ask again while senders send.`)
}

/** `aheadMs`: of the broker's stamp before the clock here, when the record was seen. */
function clockVerdict(aheadMs: number): Check {
  const seconds = (Math.abs(aheadMs) / secondMs).toFixed(1)
  const how = `The broker stamped a record ${seconds} s ${aheadMs > 0 ? 'after' : 'before'} it was seen here, by the clock here`
  if (aheadMs <= slackMsDefault && aheadMs >= -slackMsDefault - onTheWayMsMax) return ok('clock', `${how}.`)
  return warn('clock', `${how}: the clocks differ, or records come late to readers.`, remedy)
}
