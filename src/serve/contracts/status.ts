/** Who asks, whether the screen may be trusted, and the words of the profile. */
import { z } from 'zod'
import { SilentSource } from './sources.ts'

export const Me = z
  .object({
    person: z.string(),
    /** `open`: this machine, no login. */
    mode: z.literal('open'),
    roles: z.array(z.string()),
    scope: z.object({
      regions: z.array(z.string()),
      industries: z.array(z.string()),
      department: z.string().nullable(),
    }),
    /** What may be done in this release. */
    can: z.object({ act: z.boolean(), enterprises: z.boolean(), clock: z.boolean() }),
  })
  .meta({ id: 'Me' })
export type Me = z.infer<typeof Me>

export const Status = z
  .object({
    /** `no-log`: nobody has begun to fold it. `building`: the read model reads what there is. */
    state: z.enum(['no-log', 'building', 'live', 'stopped']),
    /** Why it is `stopped`. */
    problem: z.object({ code: z.string(), message: z.string(), remedy: z.string() }).nullable(),
    /** 0..1 of what the round at hand reads. */
    share: z.number(),
    /** `<epoch>-<seq>`: where a stream begins that is to miss nothing after this answer. */
    position: z.string(),
    /** End of the last beat that the watch has folded, log time; and when that moved last, by the clock of this process. */
    through: z.string().nullable(),
    throughMovedAt: z.string().nullable(),
    /** By the clock of this process. */
    now: z.string(),
    beatMs: z.int().nullable(),
    tick: z.object({
      closed: z.string().nullable(),
      first: z.string().nullable(),
      open: z.string().nullable(),
      unit: z.string(),
    }),
    import: z.object({ open: z.boolean(), through: z.string().nullable() }),
    sources: z.object({
      usual: z.int(),
      heard: z.int(),
      silent: z.array(SilentSource),
      /** When each was last heard; `quiet`: longer ago than it ever was in the 28 ticks before, and not told as silent yet. */
      heardAt: z.array(z.object({ source: z.string(), lastHeard: z.string(), quiet: z.boolean() })),
    }),
    standing: z.object({ blue: z.int(), yellow: z.int(), orange: z.int(), red: z.int() }),
    model: z.string().nullable(),
    profile: z.object({ name: z.string(), hash: z.string() }).nullable(),
    /** Records of the log that the read model could not read, by topic. */
    unread: z.record(z.string(), z.int()),
    version: z.string(),
  })
  .meta({ id: 'Status' })
export type Status = z.infer<typeof Status>

/** Names of the profile in one language; `names` of a node has that language alone. */
export const Words = z
  .object({
    language: z.string(),
    languages: z.array(z.string()),
    profile: z.string(),
    tickUnit: z.string(),
    utcOffsetMinutes: z.int(),
    regions: z.array(
      z.object({ code: z.string(), name: z.string(), parent: z.string(), level: z.string(), judged: z.boolean() }),
    ),
    industries: z.array(
      z.object({ code: z.string(), name: z.string(), parent: z.string(), level: z.string(), judged: z.boolean() }),
    ),
    types: z.array(
      z.object({ code: z.string(), name: z.string(), group: z.string(), judged: z.boolean(), outcome: z.boolean() }),
    ),
    groups: z.array(z.object({ code: z.string(), name: z.string() })),
    sources: z.array(z.object({ code: z.string(), name: z.string() })),
    grades: z.array(z.object({ code: z.string(), name: z.string() })),
    bands: z.array(z.object({ code: z.string(), name: z.string() })),
    messages: z.record(z.string(), z.string()),
    /** Where the outermost regions stand on the grid, column and row from 0; empty: a list is shown. */
    tiles: z.record(z.string(), z.tuple([z.int(), z.int()])),
  })
  .meta({ id: 'Words' })
export type Words = z.infer<typeof Words>

/** How fast the days of the demo pass; 0 is as fast as it goes. */
export const DemoClock = z
  .strictObject({ paused: z.boolean(), daysPerSecond: z.number().min(0).max(1_000) })
  .meta({ id: 'DemoClock' })
export type DemoClock = z.infer<typeof DemoClock>
