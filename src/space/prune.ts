/** What of a log may go: records older than asked for, as far as nothing needs them. */
import type { Profile } from '../../streams/profile.ts'
import type { TopicName } from '../../streams/topics.ts'
import { ForewarnError } from '../errors.ts'
import { placeFeatures } from '../featureProfile.ts'
import { jsonOf } from '../json.ts'
import { firstRecord, offsetAt } from '../log/lastRecord.ts'
import type { Cut, Log } from '../log/port.ts'
import { placesOf, recordsOf } from '../log/recordsOf.ts'
import { ArchiveHead } from './archiveReach.ts'
import type { Needs } from './needs.ts'

/**
 * Topics that grow with every event or tick. No other topic is ever pruned: registers, grades, commands and artefacts are what records are
 * read by, the journal is how a log is folded again, warnings and results are few, and notices are as many as ticks.
 */
export const prunableTopics = [
  'risk-events',
  'scores',
  'shadow-scores',
  'enterprise-alerts',
  'contributions',
  'fates',
  'dead-letters',
  'cell-parts',
  'ticks',
] as const satisfies readonly TopicName[]
export type PrunableTopic = (typeof prunableTopics)[number]

/** By topic, for how long its records are kept, in milliseconds before what is folded. */
export type Keep = ReadonlyMap<PrunableTopic, number>

/** What goes of a partition. `held`: why records that are old enough stay. */
export type Pruned = Cut & { start: number; end: number; held?: string }

export type PruneSetting = {
  log: Log
  /** In force: what its features look at stays. */
  profile: Profile
  needs: Needs
}

export async function prunePlan(keep: Keep, setting: PruneSetting): Promise<Pruned[]> {
  const { log, needs } = setting
  const plan: Pruned[] = []
  for (const [topic, keptMs] of keep) {
    for (const { partition } of placesOf(log, [topic])) {
      const { start, end } = await log.range(topic, partition)
      const old = await offsetAt(log, topic, partition, needs.knownMs - keptMs)
      const { before, held } = await allowed(topic, partition, Math.min(old, end - 1), setting)
      plan.push({
        topic,
        partition,
        start,
        end,
        before: Math.max(start, before),
        ...(held === undefined ? {} : { held }),
      })
    }
  }
  return plan
}

type Allowed = { before: number; held?: string }

/** How much of what is old may go. */
async function allowed(
  topic: PrunableTopic,
  partition: number,
  old: number,
  { log, profile, needs }: PruneSetting,
): Promise<Allowed> {
  const needed = needs.offsetOf(topic, partition)
  const within = Math.min(old, needed)
  const held = needed < old ? { held: 'a checkpoint stands before the rest' } : {}
  if (topic !== 'ticks') return { before: within, ...held }
  if (placeFeatures(profile).some(({ kind }) => kind === 'nearby'))
    return { before: 0, held: `features of profile ${profile.file.name} look at the whole archive` }
  return { before: await lastFullState(log, within), ...held }
}

/** Where the newest full state of the archive begins that lies before an offset: warnings after it can be judged again. 0 where there is none. */
async function lastFullState(log: Log, before: number): Promise<number> {
  let begin = 0
  for await (const { offset, value } of recordsOf(log, 'ticks', 0)) {
    if (offset > before) break
    const record = ArchiveHead.parse(jsonOf(value))
    if (record.kind === 'stock' && record.page === 0) begin = offset // the stock comes before the state
  }
  return begin
}

/** Takes away what the plan says, and looks whether it is gone. */
export async function prune(log: Log, plan: readonly Pruned[], told: (records: number) => void): Promise<void> {
  const cuts = plan.filter(({ start, before }) => before > start)
  await log.forget(cuts, told)
  for (const { topic, partition, before } of cuts) {
    const first = await firstRecord(log, topic, partition)
    if (first !== undefined && first.offset < before)
      throw new ForewarnError('FW_INTERNAL', [`${topic}#${partition} still holds records before ${before}`])
  }
}
