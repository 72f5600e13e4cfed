/** What can be said of a change, from the artefacts and the models as they are; and how it is answered. */
import type { CommandResult } from '../../streams/outputs.ts'
import type { Profile } from '../../streams/profile.ts'
import { profileChanges } from '../../streams/profileChange.ts'
import { type ErrorCode, ForewarnError } from '../errors.ts'
import { promotionLeadMs, refusedPathsMax } from '../limits.ts'
import type { ArtifactIndex } from './artifactIndex.ts'
import { type ActiveSetting, rivalFault, settingFaults } from './gate.ts'
import type { ModelChange } from './modelChange.ts'

/** `open`: cannot be accepted yet, for this reason. `override`: why it is accepted, where nothing else carries it. */
export type Verdict =
  | { kind: 'accepted'; override: string | undefined }
  | { kind: 'open' | 'refused'; code: ErrorCode; detail: string }

const accepted = (override?: string): Verdict => ({ kind: 'accepted', override })
const refused = (code: ErrorCode, detail: string): Verdict => ({ kind: 'refused', code, detail })
const open = (code: ErrorCode, detail: string): Verdict => ({ kind: 'open', code, detail })

/** What a change is judged by. Its artefact and a champion before it can only be added: what is accepted stays so. */
export type Standing = {
  artifacts: ArtifactIndex
  calendar: Profile['calendar']
  baseline: string | null
  previous: string | null
  /** The champion of a tick; undefined while its changes are still to be decided. */
  championOf(tick: number): string | null | undefined
  /** The profile in force in a tick, and what it is called in evaluations; undefined likewise. */
  profileOf(tick: number): Profile | undefined
  settingOf(tick: number): ActiveSetting | undefined
  /** A profile that the log holds as a whole, or was begun with. */
  profileBy(hash: string): Profile
  begunWith: string
}

export function verdictOn(change: ModelChange, standing: Standing): Verdict {
  const { artifacts, calendar, baseline, previous } = standing
  const { kind, hash, tick } = change
  const deadlineMs = calendar.startMs(tick) - promotionLeadMs
  if (change.timeMs > deadlineMs) return refused('FW_MODEL_TOO_LATE', calendar.label(tick))
  if (kind === 'model.rollback') return previous === null ? open('FW_MODEL_NO_PREVIOUS', '') : accepted()
  if (kind === 'profile.activate') return editionVerdict(change, standing, deadlineMs)
  const gate = gateOn(change, standing)
  if (gate.kind !== 'accepted' || hash === null || hash === baseline) return gate
  const state = artifacts.stateOf('model', hash)
  if (state === 'unknown') return open('FW_MODEL_UNKNOWN', hash)
  if (state === 'incomplete') return open('FW_MODEL_INCOMPLETE', hash)
  if (state === 'mismatch') return open('FW_MODEL_HASH', hash)
  if (state.misfit !== undefined) return refused('FW_MODEL_MISFIT', state.misfit)
  return state.knownMs > deadlineMs ? refused('FW_MODEL_TOO_LATE', calendar.label(tick)) : gate
}

/** It is accepted when its tick begins: only then is it known which profile it follows. */
function editionVerdict({ hash, tick }: ModelChange, standing: Standing, deadlineMs: number): Verdict {
  const { artifacts, calendar, profileOf, profileBy, begunWith } = standing
  if (hash === null) throw new Error('an activation names a profile')
  const state = artifacts.stateOf('profile', hash)
  if (hash !== begunWith) {
    if (typeof state === 'string') return open('FW_PROFILE_UNKNOWN', hash)
    if (state.misfit !== undefined) return refused('FW_PROFILE_MISFIT', state.misfit)
    if (state.knownMs > deadlineMs) return refused('FW_MODEL_TOO_LATE', calendar.label(tick))
  }
  const before = profileOf(tick - 1)
  if (before === undefined) return open('FW_PROFILE_MISFIT', 'the profile before it is not known yet')
  const kept = profileChanges(before, profileBy(hash)).flatMap(({ path, refused: why }) =>
    why === undefined ? [] : [`${path} (${why})`],
  )
  const more = kept.length - refusedPathsMax
  const told = [...kept.slice(0, refusedPathsMax), ...(more > 0 ? [`and ${more} more`] : [])]
  return kept.length > 0 ? refused('FW_PROFILE_MISFIT', told.join('; ')) : accepted()
}

/** By the champion and the profile of the tick in which the command came, whatever beat it joined. */
function gateOn(change: ModelChange, { calendar, championOf, settingOf }: Standing): Verdict {
  const { comparedWith, evaluatedUnder, override, timeMs } = change
  if (comparedWith === undefined) return accepted(override)
  const tick = calendar.tickOf(timeMs)
  const [champion, setting] = [championOf(tick), settingOf(tick)]
  if (champion === undefined || setting === undefined)
    return open('FW_MODEL_GATE', 'the champion of its tick is not known yet')
  const faults = [
    ...(evaluatedUnder === undefined ? [] : settingFaults(evaluatedUnder, setting)),
    ...(champion === comparedWith ? [] : [rivalFault(comparedWith, champion)]),
  ]
  if (faults.length === 0) return accepted()
  return override === undefined ? refused('FW_MODEL_GATE', faults.join('; ')) : accepted(override)
}

export function acceptance({ id, kind }: ModelChange, override: string | undefined, beat: number): CommandResult {
  return { id, kind, accepted: true, ...(override === undefined ? {} : { override }), beat }
}

export function refusal(
  { id, kind }: ModelChange,
  why: { code: ErrorCode; detail: string },
  beat: number,
): CommandResult {
  return { id, kind, accepted: false, code: why.code, detail: sentence(why), beat }
}

export function sentence({ code, detail }: { code: ErrorCode; detail: string }): string {
  return new ForewarnError(code, [detail]).message
}

export function late({ id, tick }: ModelChange, calendar: Profile['calendar']): ForewarnError {
  return new ForewarnError('FW_COMMAND_LATE', [id, calendar.label(tick)])
}
