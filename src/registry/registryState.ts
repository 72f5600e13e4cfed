/** What a checkpoint holds of a registry. */
import { z } from 'zod'
import { ModelChange } from './modelChange.ts'

export const SavedRegistry = z.object({
  setting: z.object({ foldVersion: z.int(), profileHash: z.string(), features: z.string().optional() }),
  /** Champions after the first, each with the first tick in which it scored. */
  champions: z.array(z.object({ hash: z.string().nullable(), fromTick: z.int() })),
  /** Profiles after the one that the log was begun with, likewise. */
  profiles: z.array(z.object({ hash: z.string(), fromTick: z.int() })),
  editionAsked: z.boolean(),
  /** Absent: no command has chosen one. */
  challenger: z.string().nullable().optional(),
  changes: z.array(ModelChange),
  ahead: z.array(z.int()),
  unmet: z.array(ModelChange),
  seen: z.array(z.string()),
  /** How many follow. */
  artifacts: z.int().nonnegative(),
})
export type SavedRegistry = z.infer<typeof SavedRegistry>
