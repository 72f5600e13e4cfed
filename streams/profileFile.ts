/** What `profile.yaml` may say: the schema, with units and bounds. docs/profiles.md explains each setting. */
import { z } from 'zod'
import { tickUnits } from './calendar.ts'
import { instant, sha256 } from './contracts.ts'
import { DeclaredFeature } from './declaredFeatures.ts'
import { FileMapping } from './mapping.ts'
import { Spellings } from './spellings.ts'
import { Statuses } from './statuses.ts'
import { TrainingSetting } from './training.ts'

const name = z.string().regex(/^[a-z][a-z0-9-]{0,63}$/, 'lower-case letters, digits and -')
const code = z.string().min(1).max(32)
const names = z.record(z.string().regex(/^[a-z]{2}$/), z.string().min(1))

const table = z.string().regex(/^[\w.-]+\.csv$/)

const treeFile = z.strictObject({
  /**
   * CSV beside the profile with the columns code, parent, and one name column per language (`name_zh`, `name_en`). `lat` and `lon`
   * say in degrees where the middle of a region lies, for rates nearby. `counts_at` makes a code another name of a node.
   */
  file: table,
  version: z.string().min(1),
  source: z.string().min(1),
  license: z.string().min(1),
  levels: z.array(name).min(1).max(6),
  root: names,
  /** How records may spell its codes; absent: as the table does. */
  spellings: Spellings.optional(),
})

const eventType = z.strictObject({
  code,
  group: code,
  severity: z.int().min(1).max(5),
  /** An adverse outcome: what a model predicts. */
  outcome: z.boolean().default(false),
  /** Whether fresh events of this type count in cells that are judged; others are shown only. */
  judged: z.boolean().default(true),
  /** Known later than this after it occurred, an event is stale: kept and scored, never judged. */
  freshDaysMax: z.number().positive(),
  names: names.optional(),
})

/** How large a rise each step of the ladder of warning levels asks: events over those expected. `qMax`: of profiles before budgets, and nothing follows from it. */
const levelRule = z.strictObject({ rateRatioMin: z.number().min(1), qMax: z.number().positive().max(1).optional() })

const episodes = z.number().positive().max(100)

const warningPolicy = z.strictObject({
  /** Levels of the region tree and of the industry tree at which counts are judged; the deepest are the leaves of cells. */
  regionLevels: z.array(name).min(1),
  industryLevels: z.array(name).min(1),
  detector: z.enum(['recursive-glm', 'ears-c1', 'ears-c2', 'ears-c3', 'ewma-nb']).default('recursive-glm'),
  levels: z.strictObject({ blue: levelRule, yellow: levelRule, orange: levelRule, red: levelRule }),
  /** False alarms that are put up with, by statistic: episodes a week in all that is judged, of one node each. Limits follow from it. */
  budget: z
    .strictObject({ counts: episodes.default(0.5), risk: episodes.default(0.3), clusters: episodes.default(0.1) })
    .prefault({}),
  /** A warning needs at least so many events, of so many different enterprises. */
  eventsMin: z.int().min(1),
  enterprisesMin: z.int().min(1).default(3),
  /** Of profiles before budgets: nothing follows from them. */
  orangeChildrenMin: z.int().min(1).optional(),
  redEnterprisesMin: z.int().min(1).optional(),
  raiseTicks: z.int().min(1).optional(),
  raiseOfTicks: z.int().min(1).max(12).optional(),
  /** Quiet ticks (below half of what its level asks) before a warning goes down one level. */
  clearTicks: z.int().min(1).max(24),
  /** A cell is judged from its n-th tick on; before that it only learns. */
  historyTicksMin: z.int().min(1),
})
export type WarningPolicy = z.infer<typeof warningPolicy>

export const ProfileFile = z.strictObject({
  name,
  version: z.string().min(1),
  about: z.string().min(1),
  /**
   * Earlier editions of the profile, by their hash, with the tables that they had where these were others: a log that was begun with one
   * goes on with its tables. Whatever else the log counts by is the same in both: tick, types, sources, grades, bands, judged levels.
   */
  earlier: z
    .array(
      z.strictObject({
        hash: sha256,
        regions: table.optional(),
        industries: table.optional(),
      }),
    )
    .max(64)
    .default([]),
  language: z.string().regex(/^[a-z]{2}$/),
  languages: z.array(z.string().regex(/^[a-z]{2}$/)).min(1),
  enterpriseId: z.strictObject({
    /** A regular expression over the whole id. An id that does not match goes to the dead letters; `place:` ids need not. */
    pattern: z.string().min(1),
    /** A check digit that fails is flagged and counted; the record is kept, since genuine ids fail it. */
    check: z.enum(['none', 'uscc']).default('none'),
  }),
  regions: treeFile.extend({
    /** Which regions of one level touch: CSV beside the profile with the columns one, other; each pair once. */
    neighbours: z.strictObject({ file: table, source: z.string().min(1) }).optional(),
    /** Where pages show the outermost regions on a grid without borders: column and row from 0, one region a tile. Absent: as a list. */
    tiles: z.record(code, z.tuple([z.int().min(0).max(31), z.int().min(0).max(31)])).optional(),
  }),
  industries: treeFile,
  /** Words of registers for the status of an enterprise, beside `active` and `closed`. */
  statuses: Statuses.default({ active: [], closed: [] }),
  /** Best first. Empty: this supervisor has no grades. `highRiskRate`: share with problems when inspected at random, if known. */
  grades: z
    .array(z.strictObject({ code, names: names.optional(), highRiskRate: z.number().min(0).max(1).optional() }))
    .max(7),
  groups: z
    .array(z.strictObject({ code, names: names.optional() }))
    .min(1)
    .max(32),
  eventTypes: z.array(eventType).min(1).max(255),
  sources: z.array(z.strictObject({ code, names: names.optional() })).max(31),
  /** Half-lives of decayed sums, in days. */
  halfLivesDays: z.array(z.number().positive()).min(1).max(8),
  /** Numeric attributes of events that are kept with each fact, in the order of their columns. */
  factColumns: z.array(z.string().min(1).max(64)).max(8).default([]),
  /** Features beside the common ones. */
  features: z.array(DeclaredFeature).max(64).default([]),
  /** What a model learns to predict: an adverse outcome within so many days of a date of the grid, or how an event turns out. */
  label: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('none') }),
    z.strictObject({
      kind: z.literal('outcome-within'),
      days: z.number().positive(),
      /** Outcomes become known so much later than they occur; a younger row has no label yet. */
      delayDays: z.number().min(0),
      /** Training rows of each enterprise are so many ticks apart. */
      gridTicks: z.int().min(1).default(30),
    }),
    /** An event of the types `of` is predicted from what was known at the end of the tick before it occurred; positive: of `positive`. */
    z.strictObject({
      kind: z.literal('result-of-event'),
      of: z.array(code).min(1),
      positive: z.array(code).min(1),
      delayDays: z.number().min(0),
    }),
  ]),
  tick: z.strictObject({ unit: z.enum(tickUnits), utcOffsetMinutes: z.int().min(-720).max(840) }),
  /** Names of the bands, lowest first; their probabilities stand in the model. */
  bands: z
    .array(z.strictObject({ code, names: names.optional() }))
    .min(2)
    .max(7),
  /** A score must fall so far below a band's lower edge before the band is left. */
  bandHysteresis: z.number().min(0).max(0.5),
  /** A score is published when it moved by so much since the last one published, or when its band changed. */
  scoreStepMin: z.number().positive().max(1),
  /** The model that scores until another is promoted: the name of a built-in one, or a folder, from that of the profile on. `null`: cells only. */
  model: z.string().min(1).nullable(),
  warnings: warningPolicy,
  /** Whether each tick says what counted in it, and of whom (topic `contributions`). */
  contributions: z.enum(['on', 'off']).default('on'),
  /** How models of this profile are trained. Absent: every default. */
  training: TrainingSetting.optional(),
  /** Imports refuse lines that became known after this. */
  knownAtMax: instant.optional(),
  /** How CSV files of this supervisor become records: by the name of a kind, or by any other with `as`. */
  files: z.record(name, FileMapping).default({}),
})
export type ProfileFile = z.infer<typeof ProfileFile>

/** Words of one language: sentences with {placeholders}, by key. */
export const Messages = z.record(z.string(), z.string())
export type Messages = z.infer<typeof Messages>
