/** A change: a command that asks for another model or profile from a tick on, from when it was read until its tick begins. */
import { z } from 'zod'
import { type ChangeCommand, type Command, isActivation } from '../../streams/commands.ts'

const changeKinds = [
  'model.promote',
  'model.challenge',
  'model.rollback',
  'profile.activate',
] as const satisfies readonly ChangeCommand['kind'][]

export const ModelChange = z.object({
  id: z.string(),
  kind: z.enum(changeKinds),
  /** null: a rollback, or no challenger. */
  hash: z.string().nullable(),
  tick: z.int(),
  /** Log time of the command. */
  timeMs: z.number(),
  accepted: z.boolean(),
  /** Whom a promotion's evaluation compares with; absent when nothing is left to be looked at. */
  comparedWith: z.string().nullable().optional(),
  /** Under what it was evaluated, where another profile may be in force than the one that the log was begun with. */
  evaluatedUnder: z.object({ profile: z.string(), features: z.string() }).optional(),
  override: z.string().optional(),
})
export type ModelChange = z.infer<typeof ModelChange>

export function isChange(command: Command): command is ChangeCommand {
  return !isActivation(command) && changeKinds.some((kind) => kind === command.kind)
}

/** `faulty`: the promotion does not stand by itself, and its override is needed already. `under`: its profile is still to be looked at. */
export function modelChangeOf(
  command: ChangeCommand,
  timeMs: number,
  { faulty, under }: { faulty: boolean; under: boolean },
): ModelChange {
  const { id, kind, effectiveTick: tick } = command
  const hash = command.kind === 'model.rollback' ? null : command.hash
  const change = { id, kind, hash, tick, timeMs, accepted: false }
  if (command.kind !== 'model.promote') return change
  const { evaluation, override } = command
  if (faulty) return { ...change, override }
  if (evaluation === undefined) return change
  const { comparedWith, profile, features } = evaluation
  return { ...change, override, comparedWith, ...(under ? { evaluatedUnder: { profile, features } } : {}) }
}

/** Of several for one tick: the last by (log time, id). */
export function winner(changes: readonly ModelChange[]): ModelChange | undefined {
  return changes.toSorted((a, b) => a.timeMs - b.timeMs || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)).at(-1)
}
