/**
 * Topic `contributions`, restricted: what counted in a tick, and of whom. At the close of a tick each enterprise task writes every fact that its
 * rows hold of it, in columns with dictionaries. The facts of all tasks by (leaf, grade, type) and by (leaf, grade, source) are the counts of
 * the tick archive; those that are not fresh are its stale ones.
 */
import { z } from 'zod'

const indexes = z.array(z.int().min(0))

export const Contributions = z.object({
  task: z.string(),
  tick: z.int(),
  tickLabel: z.string(),
  /** The beat that ended the tick. */
  beat: z.int(),
  page: z.int(),
  pages: z.int(),
  /** Enterprises of the page in order of id, with grade (at the end of the tick) and band (after its close; '' for whom nothing scores). */
  enterprises: z.object({ ids: z.array(z.string()), grades: z.array(z.string()), bands: z.array(z.string()) }),
  /** Leaves at which the facts count, by code. */
  cells: z.object({ regions: z.array(z.string()), industries: z.array(z.string()) }),
  types: z.array(z.string()),
  sources: z.array(z.string()),
  /** A row a fact: where it stands in the dictionaries, whether it is fresh (1 or 0), and the hour since 1950 in which it occurred. */
  facts: z.object({
    enterprise: indexes,
    cell: indexes,
    type: indexes,
    source: indexes,
    fresh: indexes,
    hour: z.array(z.int()),
    /** Base64 of 8 bytes a row: the hash of the event's id, as reasons name it. */
    hashes: z.string(),
  }),
})
export type Contributions = z.infer<typeof Contributions>
