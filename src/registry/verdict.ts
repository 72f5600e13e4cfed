/** What can be said of a wish, from the artefacts and the seats as they are; and how it is answered. */
import type { CommandResult } from '../../streams/outputs.ts'
import type { Profile } from '../../streams/profile.ts'
import { type ErrorCode, ForewarnError } from '../errors.ts'
import { promotionLeadMs } from '../limits.ts'
import type { ArtifactIndex } from './artifactIndex.ts'
import type { Wish } from './wish.ts'

/** `open`: cannot be accepted yet, for this reason. */
export type Verdict = { kind: 'accepted' } | { kind: 'open' | 'refused'; code: ErrorCode; detail: string }

const accepted: Verdict = { kind: 'accepted' }
const refused = (code: ErrorCode, detail: string): Verdict => ({ kind: 'refused', code, detail })
const open = (code: ErrorCode, detail: string): Verdict => ({ kind: 'open', code, detail })

/** What a wish is judged by. Its artefact and a champion before it can only be added: what is accepted stays so. */
export type Standing = {
  artifacts: ArtifactIndex
  calendar: Profile['calendar']
  baseline: string | null
  previous: string | null
}

export function verdictOn(wish: Wish, { artifacts, calendar, baseline, previous }: Standing): Verdict {
  const { kind, hash, tick } = wish
  const deadlineMs = calendar.startMs(tick) - promotionLeadMs
  if (wish.timeMs > deadlineMs) return refused('FW_MODEL_TOO_LATE', calendar.label(tick))
  if (kind === 'model.rollback') return previous === null ? open('FW_MODEL_NO_PREVIOUS', '') : accepted
  if (hash === null || hash === baseline) return accepted
  const state = artifacts.stateOf(hash)
  if (state === 'unknown') return open('FW_MODEL_UNKNOWN', hash)
  if (state === 'incomplete') return open('FW_MODEL_INCOMPLETE', hash)
  if (state === 'mismatch') return open('FW_MODEL_HASH', hash)
  if (state.misfit !== undefined) return refused('FW_MODEL_MISFIT', state.misfit)
  return state.knownMs > deadlineMs ? refused('FW_MODEL_TOO_LATE', calendar.label(tick)) : accepted
}

export function acceptance({ id, kind, override }: Wish, beat: number): CommandResult {
  return { id, kind, accepted: true, ...(override === undefined ? {} : { override }), beat }
}

export function refusal({ id, kind }: Wish, why: { code: ErrorCode; detail: string }, beat: number): CommandResult {
  return { id, kind, accepted: false, code: why.code, detail: sentence(why), beat }
}

export function sentence({ code, detail }: { code: ErrorCode; detail: string }): string {
  return new ForewarnError(code, [detail]).message
}

export function late({ id, tick }: Wish, calendar: Profile['calendar']): ForewarnError {
  return new ForewarnError('FW_COMMAND_LATE', [id, calendar.label(tick)])
}
