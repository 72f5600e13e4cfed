/** What a log says before an import goes into it: how far it is in time, with which profile, and which import is under way. */
import { isHashOf, type Profile } from '../../../streams/profile.ts'
import { foldedTopics } from '../../../streams/topics.ts'
import { ForewarnError } from '../../errors.ts'
import { ImportState } from '../../fold/imports.ts'
import { greatestFolded, greatestLogMs } from '../../fold/progress.ts'
import type { Log } from '../../log/port.ts'

export async function readCommands(log: Log): Promise<ImportState> {
  const state = new ImportState(log)
  await state.read()
  return state
}

/** @throws ForewarnError FW_CONFIG_CHANGED when the log was started with another profile, of which this is no edition that it knows. */
export function checkProfile(
  { activation, editions }: Pick<ImportState, 'activation' | 'editions'>,
  profile: Profile,
): void {
  if (activation === undefined || isHashOf(profile, activation.profileHash)) return
  if (profile.earlier.has(activation.profileHash) || editions.has(profile.hash)) return
  const said = (name: string, hash: string): string => `profile ${name} (${hash.slice(0, 12)})`
  throw new ForewarnError('FW_CONFIG_CHANGED', [
    said(activation.profile, activation.profileHash),
    said(profile.file.name, profile.hash),
  ])
}

/** @throws ForewarnError FW_IMPORT_NEEDS_CREATETIME when an input stamps its own time, so that a history would become known now. */
export async function checkKeepsTimes(log: Log): Promise<void> {
  for (const topic of foldedTopics)
    if (!(await log.keepsTimes(topic))) throw new ForewarnError('FW_IMPORT_NEEDS_CREATETIME', [topic])
}

/** @throws ForewarnError FW_IMPORT_BEHIND when an input, a command or a folded beat is later than the first record to come. */
export async function checkNotBehind(
  log: Log,
  { activation }: Pick<ImportState, 'activation'>,
  firstMs: number,
): Promise<void> {
  const lastMs = await greatestLogMs(log)
  if (lastMs > firstMs) throw behind(firstMs, lastMs)
  if (activation === undefined) return // without one nothing was folded
  const beat = await greatestFolded(log)
  if (beat !== undefined && (beat + 1) * activation.beatMs > firstMs)
    throw behind(firstMs, (beat + 1) * activation.beatMs)
}

function behind(firstMs: number, heldMs: number): ForewarnError {
  return new ForewarnError('FW_IMPORT_BEHIND', [new Date(firstMs).toISOString(), new Date(heldMs).toISOString()])
}
