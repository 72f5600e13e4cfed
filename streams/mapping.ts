/**
 * How one line of somebody's CSV file becomes a record: for each field of the contract, where its value comes from. A profile
 * declares it as data, so that a supervisor's own files need no code.
 */
import { z } from 'zod'

const column = z.string().min(1)

export const FieldMapping = z.union([
  /** The column of this name, as it stands; blank means absent. */
  column,
  z.strictObject({
    /** The first of these columns that is not blank. */
    from: z.union([column, z.array(column).min(1)]),
    /** Keep letters and digits of ASCII, in lower case, words parted by one space: names become ids. */
    normalise: z.boolean().default(false),
    upperCase: z.boolean().default(false),
    /** Put before the value (after normalising); only for values of these columns, if given. */
    prefix: z.strictObject({ text: z.string(), onlyFrom: z.array(column).optional() }).optional(),
    /** Values by what stands in the column. */
    map: z.record(z.string(), z.string()).optional(),
    /** What a value that `map` does not list, or a blank, becomes. */
    otherwise: z.string().optional(),
    /** Number to class: the value of the last step whose `from` is reached. Blank takes `otherwise`. */
    steps: z.array(z.strictObject({ from: z.number(), value: z.number() })).min(1).optional(),
    /** Cut digits off the end until the code stands in this tree. */
    trimTo: z.enum(['regions', 'industries']).optional(),
    /** A date without time is the first instant of that local day, in the tick's UTC offset. */
    as: z.enum(['text', 'number', 'instant']).default('text'),
  }),
  /** The same for every line. */
  z.strictObject({ constant: z.union([z.string(), z.number()]) }),
])
export type FieldMapping = z.infer<typeof FieldMapping>

export const FileMapping = z.strictObject({
  fields: z.record(z.string(), FieldMapping),
  /** Columns kept as attributes of the event, under these names. */
  attributes: z.record(z.string(), column).default({}),
})
export type FileMapping = z.infer<typeof FileMapping>
