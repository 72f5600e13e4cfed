/** A calm run: one process, all tasks, to the end of the log, without a checkpoint on the way. */
import { type EngineOptions, openEngine } from '../../src/engine.ts'

export async function foldCalmly(of: Pick<EngineOptions, 'log' | 'profile' | 'model' | 'beatMs'>): Promise<void> {
  const engine = await openEngine({
    ...of,
    slackMs: 0,
    checkpointEveryMs: Number.POSITIVE_INFINITY,
    untilEnd: true,
    now: Date.now,
    listener: () => {},
    signal: new AbortController().signal,
  })
  await engine.follow()
}
