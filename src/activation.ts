/** What a log is started with: its first command says it, for its whole life; later ones say which program goes on with it. */
import type { RiskModel } from '../models/risk/riskModel.ts'
import { type Activation, isActivation } from '../streams/commands.ts'
import { isHashOf, type Profile } from '../streams/profile.ts'
import { ForewarnError } from './errors.ts'
import { parseCommand } from './fold/imports.ts'
import { greatestBeat, greatestFolded } from './fold/progress.ts'
import { checkProfile, readCommands } from './ingest/imports/importState.ts'
import type { Log } from './log/port.ts'
import { recordsOf } from './log/recordsOf.ts'
import { ArtifactIndex } from './registry/artifactIndex.ts'
import { type ActiveSetting, settingOf } from './registry/gate.ts'
import { profileIn } from './registry/profileFolder.ts'

export type ActivationOptions = {
  log: Log
  profile: Profile
  /** The first champion. */
  model: RiskModel | null
  beatMs: number
  /** Milliseconds since 1970. */
  now: () => number
}

/** With what a log was begun: the profile, an earlier edition of it, or the one that the log holds as an artefact; the profile where none of them is. */
export async function profileOf(log: Log, profile: Profile): Promise<Profile> {
  const begunWith = (await readCommands(log)).activation?.profileHash
  if (begunWith === undefined || isHashOf(profile, begunWith)) return profile
  return profile.earlier.get(begunWith)?.() ?? (await heldProfile(log, profile, begunWith)) ?? profile
}

/** The same for whoever folds the log on with a profile. @throws ForewarnError FW_CONFIG_CHANGED when the log does not know it. */
export async function profileToRun(log: Log, profile: Profile): Promise<Profile> {
  checkProfile(await readCommands(log), profile)
  return profileOf(log, profile)
}

async function heldProfile(log: Log, profile: Profile, hash: string): Promise<Profile | undefined> {
  const artifacts = new ArtifactIndex(profile)
  for await (const record of recordsOf(log, 'artifacts', 0)) artifacts.take(record)
  const state = artifacts.stateOf('profile', hash)
  return typeof state === 'string' || state.misfit !== undefined ? undefined : profileIn(state.files)
}

/**
 * The first activation of a log stands for its whole life; a start with another one is refused. Of several that begin a log at one moment
 * each reads again what it has written: the first in the log counts, and its repetition is a duplicate. A program that folds by other
 * rules than the one before says so with an activation of its own: commands before it stay decided as they were.
 *
 * @returns with what the log was begun. @throws ForewarnError FW_CONFIG_CHANGED.
 */
export async function activate(options: ActivationOptions): Promise<ActiveSetting> {
  const { log, profile, model, beatMs, now } = options
  const setting = settingOf(profile)
  const wanted: Activation = {
    id: `activate-${profile.hash.slice(0, 12)}-${beatMs}`,
    actor: 'forewarn run',
    kind: 'profile.activate',
    profile: profile.file.name,
    beatMs,
    modelHash: model?.hash ?? null,
    ...setting,
  }
  const greatest = await greatestBeat(log, beatMs)
  let known = await activationsIn(log, profile, wanted)
  if (known.length === 0) {
    await append(log, wanted, greatest === undefined ? now() : greatest * beatMs)
    known = await activationsIn(log, profile, wanted)
  }
  if (!isOf(known[known.length - 1], setting)) {
    // In no beat that is folded, and no later than an import may begin.
    const timeMs = Math.max(greatest ?? 0, ((await greatestFolded(log)) ?? 0) + 1) * beatMs
    const activeFromTick = profile.calendar.tickOf(timeMs)
    await append(log, { ...wanted, id: `${wanted.id}-${known.length}`, activeFromTick }, timeMs)
  }
  return known[0]
}

function isOf({ foldVersion, profileHash, features }: ActiveSetting, setting: ActiveSetting): boolean {
  return foldVersion === setting.foldVersion && profileHash === setting.profileHash && features === setting.features
}

/** Those that count: the first, and those that went on with it. @throws ForewarnError FW_CONFIG_CHANGED when the first is another one. */
async function activationsIn(log: Log, profile: Profile, wanted: Activation): Promise<Activation[]> {
  const found: Activation[] = []
  for await (const record of recordsOf(log, 'commands', 0)) {
    const command = parseCommand(record.value)
    if (!isActivation(command)) continue
    if (found.length === 0) checkSame(command, profile, wanted)
    if (found.length === 0 || command.activeFromTick !== undefined) found.push(command)
  }
  return found
}

function checkSame(first: Activation, profile: Profile, wanted: Activation): void {
  const { profileHash, beatMs, modelHash } = first
  if (isHashOf(profile, profileHash) && beatMs === wanted.beatMs && modelHash === wanted.modelHash) return
  throw new ForewarnError('FW_CONFIG_CHANGED', [describe(first), describe(wanted)])
}

async function append(log: Log, command: Activation, timeMs: number): Promise<void> {
  await log.append('commands', 0, [{ key: null, value: Buffer.from(JSON.stringify(command)), timeMs }])
}

function describe({ profile, profileHash, beatMs, modelHash }: Activation): string {
  return `profile ${profile} (${profileHash.slice(0, 12)}), beat ${beatMs} ms, model ${modelHash?.slice(0, 12) ?? 'none'}`
}
