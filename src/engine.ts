/**
 * The engine: all tasks of one process over one log. It knows no clock of its own, no file and no socket; those come in.
 *
 *   open      writes the first command of a new log, or refuses another configuration than the log was started with
 *   restore   every task from its checkpoint and the journal
 *   follow    until stopped, or to the end of the log
 */
import { createHash } from 'node:crypto'
import type { RiskModel } from '../models/riskModel.ts'
import type { Command } from '../streams/commands.ts'
import type { Profile } from '../streams/profile.ts'
import { EnterpriseTask } from './enterprise/task.ts'
import { ForewarnError } from './errors.ts'
import { parseCommand } from './fold/imports.ts'
import { TaskRunner } from './fold/runner.ts'
import { greatestBeat, supervise } from './fold/supervise.ts'
import { foldVersion } from './fold/version.ts'
import { hourMs } from './limits.ts'
import type { Log } from './log/port.ts'
import { recordsOf } from './log/recordsOf.ts'
import type { Tell } from './notices.ts'
import { WatchTask } from './watch/task.ts'

export type EngineOptions = {
  log: Log
  profile: Profile
  model: RiskModel | null
  beatMs: number
  slackMs: number
  checkpointEveryMs: number
  epochRecordsMax?: number | undefined
  /** Fold what the log holds now and stop; otherwise follow it. */
  untilEnd: boolean
  now: () => number
  tell: Tell
  signal: AbortSignal
}

export type Engine = {
  readonly enterprises: readonly EnterpriseTask[]
  readonly watch: WatchTask
  readonly runners: readonly TaskRunner[]
  /** Runs to the end of the log, or until the signal. */
  follow(): Promise<void>
}

/** Takes the tasks over and restores them. FW_CONFIG_CHANGED when the log was started with another profile, beat or model. */
export async function openEngine(options: EngineOptions): Promise<Engine> {
  const { log, profile, model, beatMs, checkpointEveryMs, epochRecordsMax, now, tell, signal } = options
  checkBeat(beatMs, profile)
  await activate(options)
  const partitions = log.partitions('risk-events')
  // Beats that are folded again have been told: log lines, counters and totals hear of new ones only.
  let restoring = true
  const tellNew: Tell = (notice) => {
    if (!restoring) tell(notice)
  }
  const enterprises = Array.from(
    { length: partitions },
    (_, partition) => new EnterpriseTask({ profile, model, beatMs, partition, partitions, tell: tellNew }),
  )
  const watch = new WatchTask({ profile, model: model?.hash ?? null, foldVersion, beatMs, partitions, tell: tellNew })
  const config = createHash('sha256')
    .update(`${profile.hash} ${beatMs} ${model?.hash ?? 'none'} ${partitions}`)
    .digest('hex')
  const runners: TaskRunner[] = []
  for (const task of [...enterprises, watch]) {
    const runner = await TaskRunner.open(task, {
      log,
      beatMs,
      foldVersion,
      config,
      checkpointEveryMs,
      epochRecordsMax,
      now,
      tell,
      signal,
    })
    await runner.restore()
    runners.push(runner)
  }
  restoring = false
  return { enterprises, watch, runners, follow: () => follow(options, runners) }
}

async function follow(options: EngineOptions, runners: readonly TaskRunner[]): Promise<void> {
  const { log, beatMs, slackMs, untilEnd, now, tell, signal } = options
  const endBeat = untilEnd ? await greatestBeat(log, beatMs) : undefined
  if (untilEnd && endBeat === undefined) return
  await supervise(runners.slice(0, -1), runners[runners.length - 1], {
    log,
    slackMs,
    endBeat,
    pollMs: 100,
    now,
    tell,
    signal,
  })
}

/** @throws ForewarnError FW_USAGE when beats of this length would not divide hours and ticks. */
export function checkBeat(beatMs: number, { calendar }: Profile): void {
  if (!Number.isSafeInteger(beatMs) || beatMs < 1 || hourMs % beatMs !== 0)
    throw new ForewarnError('FW_USAGE', [`--beat-ms must divide the hour; ${beatMs} does not.`])
  if (calendar.endMs(0) % beatMs !== 0)
    throw new ForewarnError('FW_USAGE', [
      `--beat-ms ${beatMs} does not divide the profile's UTC offset; a tick would end within a beat.`,
    ])
}

/** The first activation of a log stands for its whole life; a start with another one is refused. */
async function activate({ log, profile, model, beatMs, now }: EngineOptions): Promise<void> {
  const wanted = {
    profile: profile.file.name,
    profileHash: profile.hash,
    beatMs,
    modelHash: model?.hash ?? null,
    foldVersion,
  }
  for await (const record of recordsOf(log, 'commands', 0)) {
    const command = parseCommand(record.value)
    if (command?.kind !== 'profile.activate') continue
    if (
      command.profileHash !== wanted.profileHash ||
      command.beatMs !== beatMs ||
      command.modelHash !== wanted.modelHash
    ) {
      throw new ForewarnError('FW_CONFIG_CHANGED', [describe(command), describe(wanted)])
    }
    return
  }
  const command: Command = {
    id: `activate-${profile.hash.slice(0, 12)}-${beatMs}`,
    actor: 'forewarn run',
    kind: 'profile.activate',
    ...wanted,
  }
  const greatest = await greatestBeat(log, beatMs)
  const timeMs = greatest === undefined ? now() : greatest * beatMs
  await log.append('commands', 0, [{ key: null, value: Buffer.from(JSON.stringify(command)), timeMs }])
}

function describe(setting: { profile: string; profileHash: string; beatMs: number; modelHash: string | null }): string {
  return `profile ${setting.profile} (${setting.profileHash.slice(0, 12)}), beat ${setting.beatMs} ms, model ${setting.modelHash?.slice(0, 12) ?? 'none'}`
}
