/**
 * Training rows as a folder: `rows.parquet`, one row for each enterprise and date asked about, and `columns.json`, which says what each
 * column is. The columns named here come first, then one DOUBLE column for each feature, under its name.
 */
import { z } from 'zod'

export const rowsFile = 'rows.parquet'
export const dictionaryFile = 'columns.json'

/** The columns before the features. `label`: 1 when the adverse outcome came; `split` is left to the reader. */
export const headColumns = [
  { name: 'enterpriseId', type: 'STRING', about: 'the enterprise' },
  { name: 'tick', type: 'INT32', about: 'number of the tick at whose end the row was taken' },
  {
    name: 'asOf',
    type: 'STRING',
    about: 'the instant at which that tick ended, UTC; nothing that became known later is in the features',
  },
  { name: 'label', type: 'INT32', about: '1: the adverse outcome came, 0: it did not' },
  { name: 'region', type: 'STRING', about: 'code of the region, at the first level that the profile judges' },
  { name: 'industry', type: 'STRING', about: 'code of the industry, at the first level that the profile judges' },
  { name: 'grade', type: 'STRING', about: 'credit grade in force, or none' },
] as const

/** Between those and the features, where the label is the result of an event. Several events of one enterprise in one tick make one row. */
export const eventColumns = [
  {
    name: 'eventId',
    type: 'STRING',
    about: 'id of the event whose result the label is: of several in one tick the first positive one, else the first',
  },
  { name: 'eventDate', type: 'STRING', about: 'local date on which it occurred, by the offset of the profile' },
] as const

export const RowsDictionary = z.object({
  formatVersion: z.literal(1),
  profile: z.string(),
  profileHash: z.string(),
  /** What the label means, in words. */
  label: z.string(),
  from: z.string(),
  to: z.string(),
  /** The first tick of the log; absent in folders of earlier versions. */
  logFrom: z.string().optional(),
  rows: z.int(),
  positives: z.int(),
  /** sha256 over the rows in order: the same log and window give the same hash. */
  dataHash: z.string(),
  columns: z.array(
    z.object({
      name: z.string(),
      type: z.string(),
      unit: z.string().optional(),
      about: z.string(),
      /** Of features: whether they are taken where nobody asks for others. */
      default: z.boolean().optional(),
    }),
  ),
  /** Names of the features, in the order of their columns. */
  features: z.array(z.string()),
  /** Features of the profile that are no columns, by the reason. */
  leftOut: z.array(z.object({ why: z.string(), features: z.array(z.string()) })).default([]),
  /** Median and spread of ln(1 + decayed count) among peers, as of the first date: the rows' `peer` is set against it, and a model takes it along. */
  peers: z.record(z.string(), z.tuple([z.number(), z.number().positive()])),
})
export type RowsDictionary = z.infer<typeof RowsDictionary>
