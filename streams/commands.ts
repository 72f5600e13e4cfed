/** Topic `commands`: everything that people do to the system is a record, so that a replay does it again at the same place. */
import { z } from 'zod'
import { instant, recordId, sha256 } from './contracts.ts'
import { EvaluationIdentity } from './evaluationIdentity.ts'

const head = { id: recordId, actor: z.string().min(1).max(128) }

/** One gate of an evaluation: what was measured, and the limit that it was held against. */
export const Gate = z.object({
  name: z.string().min(1).max(64),
  /** null: not judged. */
  passed: z.boolean().nullable(),
  /** Why it is not judged, or what was left out. */
  why: z.string().min(1).max(256).optional(),
  /** Absent when it could not be computed. */
  value: z.number().optional(),
  limit: z.number(),
})
export type Gate = z.infer<typeof Gate>

/** The first tick in which a change holds, counted from 1970 (calendar.ts). */
const effectiveTick = z.int().min(0).max(100_000_000)

/** What changes the model that scores, or the one in shadow. */
const modelCommands = [
  /**
   * Another champion, on the word of an evaluation: all its gates, and whom it speaks of. `override`: why it is promoted although that
   * does not carry it, or without one. Up to foldVersion 4 there was no `evaluation`.
   */
  z.object({
    ...head,
    kind: z.literal('model.promote'),
    hash: sha256,
    effectiveTick,
    gates: z.array(Gate).max(64).optional(),
    evaluation: EvaluationIdentity.optional(),
    override: z.string().min(1).max(1024).optional(),
  }),
  /** Another challenger; null: none. */
  z.object({ ...head, kind: z.literal('model.challenge'), hash: sha256.nullable(), effectiveTick }),
  /** Back to the champion before. */
  z.object({ ...head, kind: z.literal('model.rollback'), effectiveTick }),
] as const
export const ModelCommand = z.discriminatedUnion('kind', modelCommands)
export type ModelCommand = z.infer<typeof ModelCommand>

/** What people ask for in a log that runs: another model, or another edition of its profile, which the log holds as an artefact. */
export const ChangeCommand = z.discriminatedUnion('kind', [
  ...modelCommands,
  z.object({ ...head, kind: z.literal('profile.activate'), hash: sha256, effectiveTick }),
])
export type ChangeCommand = z.infer<typeof ChangeCommand>

const programCommands = z.discriminatedUnion('kind', [
  /**
   * With what a log is folded; written by `run`. The first is the first command of a log, and has no `activeFromTick`; another follows
   * when a program of another foldVersion takes the log over.
   */
  z.object({
    ...head,
    kind: z.literal('profile.activate'),
    profile: z.string().min(1).max(64),
    profileHash: sha256,
    /** Hash of the profile's features; absent up to foldVersion 4. */
    features: sha256.optional(),
    beatMs: z.int().min(1),
    modelHash: sha256.nullable(),
    foldVersion: z.int().min(1),
    activeFromTick: z.int().optional(),
  }),
  z.object({ ...head, kind: z.literal('import.begin') }),
  /** Every record known at or before `through` is in the log. */
  z.object({ ...head, kind: z.literal('import.mark'), through: instant }),
  z.object({ ...head, kind: z.literal('import.end') }),
  /** The import is given up; what it had written stays. */
  z.object({ ...head, kind: z.literal('import.abandon') }),
])

export const Command = z.union([programCommands, ChangeCommand])
export type Command = z.infer<typeof Command>

/** With what a program begins a log, or goes on with it. */
export type Activation = Extract<Command, { profileHash: string }>

export function isActivation(command: Command | undefined): command is Activation {
  return command !== undefined && 'profileHash' in command
}
