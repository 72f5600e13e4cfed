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
  override: z.string().optional(),
})
export type Wish = z.infer<typeof Wish>

export function isModelCommand(command: Command): command is ModelCommand {
  return modelKinds.some((kind) => kind === command.kind)
}

/** An override that nothing made necessary is none. */
export function wishOf(command: ModelCommand, timeMs: number): Wish {
  const { id, kind, effectiveTick: tick } = command
  const override = command.kind === 'model.promote' && failedGates(command).length > 0 ? command.override : undefined
  return {
    id,
    kind,
    hash: command.kind === 'model.rollback' ? null : command.hash,
    tick,
    timeMs,
    accepted: false,
    ...(override === undefined ? {} : { override }),
  }
}

/** Gates that were not passed: `logLoss is 0.31, the limit is 0.3`. */
export function failedGates(command: ModelCommand): string[] {
  if (command.kind !== 'model.promote') return []
  return (command.gates ?? [])
    .filter(({ passed }) => !passed)
    .map(({ name, value, limit }) =>
      value === undefined ? `${name} could not be computed` : `${name} is ${value}, the limit is ${limit}`,
    )
}

/** Of several for one tick: the last by (log time, id). */
export function winner(wishes: readonly Wish[]): Wish | undefined {
  return wishes.toSorted((a, b) => a.timeMs - b.timeMs || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)).at(-1)
}
