/** A wish: a command that asks for another model from a tick on, from when it was read until its tick begins. */
import { z } from 'zod'
import type { Command, ModelCommand } from '../../streams/commands.ts'

const modelKinds = [
  'model.promote',
  'model.challenge',
  'model.rollback',
] as const satisfies readonly ModelCommand['kind'][]

export const Wish = z.object({
  id: z.string(),
  kind: z.enum(modelKinds),
  /** null: a rollback, or no challenger. */
  hash: z.string().nullable(),
  tick: z.int(),
  /** Log time of the command. */
  timeMs: z.number(),
  accepted: z.boolean(),
  /** Whom a promotion's evaluation compares with; absent when nothing is left to be looked at. */
  comparedWith: z.string().nullable().optional(),
  override: z.string().optional(),
})
export type Wish = z.infer<typeof Wish>

export function isModelCommand(command: Command): command is ModelCommand {
  return modelKinds.some((kind) => kind === command.kind)
}

/** `faulty`: the promotion does not stand by itself, and its override is needed already. */
export function wishOf(command: ModelCommand, timeMs: number, faulty: boolean): Wish {
  const { id, kind, effectiveTick: tick } = command
  const hash = command.kind === 'model.rollback' ? null : command.hash
  const wish = { id, kind, hash, tick, timeMs, accepted: false }
  if (command.kind !== 'model.promote') return wish
  const { evaluation, override } = command
  if (faulty) return { ...wish, override }
  return evaluation === undefined ? wish : { ...wish, override, comparedWith: evaluation.comparedWith }
}

/** Of several for one tick: the last by (log time, id). */
export function winner(wishes: readonly Wish[]): Wish | undefined {
  return wishes.toSorted((a, b) => a.timeMs - b.timeMs || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)).at(-1)
}
