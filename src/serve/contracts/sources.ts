/** What comes in: who was heard when, who is silent, what could not be used. */
import { z } from 'zod'

/** A source that was told as silent in a region ('' is the whole), since which tick, and when it was last heard. */
export const SilentSource = z.object({
  source: z.string(),
  region: z.string(),
  since: z.string(),
  lastHeard: z.string().nullable(),
})
export type SilentSource = z.infer<typeof SilentSource>

export const Sources = z
  .object({
    /** Ticks of the columns, oldest first. */
    ticks: z.array(z.string()),
    rows: z.array(
      z.object({
        source: z.string(),
        /** '' is the whole. */
        region: z.string(),
        records: z.array(z.int()),
        /** Mean of the 28 ticks before each. */
        usual: z.array(z.number().nullable()),
        silent: z.array(z.boolean()),
        lastHeard: z.string().nullable(),
      }),
    ),
    silences: z.array(
      z.object({
        source: z.string(),
        region: z.string(),
        since: z.string(),
        until: z.string().nullable(),
        expected: z.number(),
        missed: z.number().nullable(),
        lastHeard: z.string().nullable(),
      }),
    ),
    deadLetters: z.array(
      z.object({
        code: z.string(),
        topic: z.string(),
        count: z.int(),
        lastAt: z.string(),
        says: z.string(),
        remedy: z.string(),
      }),
    ),
    drift: z.array(
      z.object({ tick: z.string(), model: z.string(), feature: z.string().nullable(), psi: z.number(), rows: z.int() }),
    ),
  })
  .meta({ id: 'Sources' })
export type Sources = z.infer<typeof Sources>
