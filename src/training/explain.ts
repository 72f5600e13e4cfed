/** What was known of one enterprise at the end of a tick: its features, and what a model makes of them. Its records are folded again up to there. */
import { partitionOf } from '../../streams/partition.ts'
import { type ExplainedBy, type Explanation, explanationOf } from '../enterprise/score/explanation.ts'
import { ForewarnError } from '../errors.ts'
import type { BeatRecords } from '../fold/beatRecords.ts'
import type { ReplayedBeat } from '../fold/replay.ts'
import type { taskInputs } from '../log/tasks.ts'
import { type PastSource, PastTasks } from './extract/pastTasks.ts'

/** @throws ForewarnError FW_ENTERPRISE_UNKNOWN when nothing was known of it by then. */
export async function explain(source: PastSource, id: string, tick: number, by: ExplainedBy): Promise<Explanation> {
  const beats: PastSource['beats'] = (task) => ownBeats(id, source, source.beats(task))
  const past = new PastTasks({ ...source, beats, followsProfile: true, partition: partitionOf(id, source.partitions) })
  await past.through(tick)
  const { calendar } = source.profile
  for (const known of past.known) {
    const found = explanationOf(known, id, { tick, endMs: calendar.endMs(tick) }, by)
    if (found !== undefined) return found
  }
  throw new ForewarnError('FW_ENTERPRISE_UNKNOWN', [`${id} by the end of ${calendar.label(tick)}`])
}

const keyed = ['enterprises', 'grades', 'events'] as const satisfies readonly (keyof typeof taskInputs.enterprise)[]

/** Beats in which something is said of an enterprise or for all of them, and the first of each tick, which may change the model: what others do changes nothing of it. */
async function* ownBeats(
  id: string,
  { profile, beatMs }: PastSource,
  beats: AsyncIterable<ReplayedBeat>,
): AsyncIterable<ReplayedBeat> {
  let last: number | undefined
  for await (const { beat, records } of beats) {
    const tick = profile.calendar.tickOf(beat * beatMs)
    const own: Record<string, BeatRecords[string]> = { ...records }
    for (const name of keyed) own[name] = records[name].filter(({ key }) => key === id)
    if (tick !== last || Object.values(own).some(({ length }) => length > 0)) yield { beat, records: own }
    last = tick
  }
}
