/** Several members of a group in one process, each with its own connection: what several processes on one log are. */
import { activate } from '../../src/activation.ts'
import { openEngine } from '../../src/engine.ts'
import { openKafkaLog } from '../../src/log/kafka/kafkaLog.ts'
import { kafkaMembers } from '../../src/log/kafka/members.ts'
import type { Notice } from '../../src/notices.ts'
import type { FoldSetting } from '../support/fold.ts'
import type { KafkaPlace } from './logs.ts'

export type MembersSetting = FoldSetting & { workers: number; listener?: (notice: Notice) => void }

/** Folds what the log holds to its end, by so many members. */
export async function foldByMembers(place: KafkaPlace, setting: MembersSetting): Promise<void> {
  const { profile, model, beatMs = 1_000, workers, listener = () => {} } = setting
  const logs = await Promise.all(Array.from({ length: workers }, () => openKafkaLog(place)))
  try {
    await activate({ log: logs[0], profile, model, beatMs, now: Date.now })
    await Promise.all(
      logs.map(async (log) => {
        const engine = await openEngine({
          log,
          profile,
          model,
          beatMs,
          slackMs: 0,
          checkpointEveryMs: 500,
          untilEnd: true,
          membership: kafkaMembers({
            ...place,
            partitions: log.partitions('risk-events'),
            sessionMs: 6_000,
            listener,
          }),
          now: Date.now,
          listener,
          signal: new AbortController().signal,
        })
        await engine.follow()
      }),
    )
  } finally {
    for (const log of logs) await log.close()
  }
}
