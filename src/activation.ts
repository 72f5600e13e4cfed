/** What a log is started with: its first command says it, for its whole life. */
import type { RiskModel } from '../models/risk/riskModel.ts'
import type { Command } from '../streams/commands.ts'
import type { Profile } from '../streams/profile.ts'
import { ForewarnError } from './errors.ts'
import { parseCommand } from './fold/imports.ts'
import { greatestBeat } from './fold/progress.ts'
import { foldVersion } from './fold/version.ts'
import type { Log } from './log/port.ts'
import { recordsOf } from './log/recordsOf.ts'

export type ActivationOptions = {
  log: Log
  profile: Profile
  /** The first champion. */
  model: RiskModel | null
  beatMs: number
  /** Milliseconds since 1970. */
  now: () => number
}

/**
 * The first activation of a log stands for its whole life; a start with another one is refused. Of several that begin a log at one moment
 * each reads again what it has written: the first in the log counts, and its repetition is a duplicate.
 */
export async function activate({ log, profile, model, beatMs, now }: ActivationOptions): Promise<void> {
  const wanted = {
    profile: profile.file.name,
    profileHash: profile.hash,
    beatMs,
    modelHash: model?.hash ?? null,
    foldVersion,
  }
  if (await isActivated(log, wanted)) return
  const command: Command = {
    id: `activate-${profile.hash.slice(0, 12)}-${beatMs}`,
    actor: 'forewarn run',
    kind: 'profile.activate',
    ...wanted,
  }
  const greatest = await greatestBeat(log, beatMs)
  const timeMs = greatest === undefined ? now() : greatest * beatMs
  await log.append('commands', 0, [{ key: null, value: Buffer.from(JSON.stringify(command)), timeMs }])
  await isActivated(log, wanted)
}

type Setting = { profile: string; profileHash: string; beatMs: number; modelHash: string | null }

/** @throws ForewarnError FW_CONFIG_CHANGED when the first activation is another one. */
async function isActivated(log: Log, wanted: Setting): Promise<boolean> {
  for await (const record of recordsOf(log, 'commands', 0)) {
    const command = parseCommand(record.value)
    if (command?.kind !== 'profile.activate') continue
    const { profileHash, beatMs, modelHash } = command
    if (profileHash === wanted.profileHash && beatMs === wanted.beatMs && modelHash === wanted.modelHash) return true
    throw new ForewarnError('FW_CONFIG_CHANGED', [describe(command), describe(wanted)])
  }
  return false
}

function describe(setting: Setting): string {
  return `profile ${setting.profile} (${setting.profileHash.slice(0, 12)}), beat ${setting.beatMs} ms, model ${setting.modelHash?.slice(0, 12) ?? 'none'}`
}
