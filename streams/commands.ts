/** Topic `commands`: everything that people do to the system is a record, so that a replay does it again at the same place. */
import { z } from 'zod'
import { instant, recordId } from './contracts.ts'

const head = { id: recordId, actor: z.string().min(1).max(128) }
const hash = z.string().regex(/^[0-9a-f]{64}$/, 'must be a sha256 in hex')

export const Command = z.discriminatedUnion('kind', [
  /** The first command of a log; written by `run`. `activeFromTick` is absent in the first one. */
  z.object({
    ...head,
    kind: z.literal('profile.activate'),
    profile: z.string().min(1).max(64),
    profileHash: hash,
    beatMs: z.int().min(1),
    modelHash: hash.nullable(),
    foldVersion: z.int().min(1),
    activeFromTick: z.int().optional(),
  }),
  z.object({ ...head, kind: z.literal('import.begin') }),
  /** Every record known at or before `through` is in the log. */
  z.object({ ...head, kind: z.literal('import.mark'), through: instant }),
  z.object({ ...head, kind: z.literal('import.end') }),
])
export type Command = z.infer<typeof Command>
