/**
 * How one line of somebody's CSV file becomes a record: for each field of the contract, where its value comes from. A profile
 * declares it as data, so that a supervisor's own files need no code.
 */
import { z } from 'zod'

const column = z.string().min(1)

/**
 * The steps run in the order in which they stand here. `otherwise` takes the place of a value that is blank, that `map` does not
 * list, that no step reaches, or that is in no tree; without it the value is absent (a value that `map` does not list stays).
 */
export const FieldMapping = z.union([
  /** The column of this name, as it stands; blank means absent. */
  column,
  z.strictObject({
    /** The first of these columns that is not blank. */
    from: z.union([column, z.array(column).min(1)]),
    /**
     * Keep letters and digits of ASCII (accents fall off), in lower case, words parted by one space: names become ids.
     * `onlyFrom`: only values of these columns.
     */
    normalise: z.union([z.boolean(), z.strictObject({ onlyFrom: z.array(column).min(1) })]).default(false),
    /** `place:<region>` keeps its prefix as it is. */
    upperCase: z.boolean().default(false),
    /** Put before the value (after normalising); only for values of these columns, if given. */
    prefix: z.strictObject({ text: z.string(), onlyFrom: z.array(column).optional() }).optional(),
    /** Cut after so many characters, with the prefix. */
    maxLength: z.int().min(1).optional(),
    /** Values by what stands in the column. */
    map: z.record(z.string(), z.string()).optional(),
    otherwise: z.union([z.string(), z.number()]).optional(),
    /** Number to class: the value of the last step whose `from` is reached; steps rise. */
    steps: z
      .array(z.strictObject({ from: z.number(), value: z.number() }))
      .min(1)
      .refine((steps) => steps.every((step, at) => at === 0 || steps[at - 1].from < step.from), 'steps must rise')
      .optional(),
    /** Cut digits off the end until the code, or what `aliases` say for it, stands in this tree. */
    trimTo: z.enum(['regions', 'industries']).optional(),
    aliases: z.record(z.string(), z.string()).optional(),
    /** A date or time without a zone is local, in the tick's UTC offset. What cannot be read stays, for the contract to refuse. */
    as: z.enum(['text', 'number', 'instant']).default('text'),
  }),
  /** The same for every line. */
  z.strictObject({ constant: z.union([z.string(), z.number()]) }),
])
export type FieldMapping = z.infer<typeof FieldMapping>

export const FileMapping = z.strictObject({
  fields: z.record(z.string(), FieldMapping),
  /** Columns kept as attributes of the event, under these names; those among the profile's `factColumns` become numbers. */
  attributes: z.record(z.string(), column).default({}),
})
export type FileMapping = z.infer<typeof FileMapping>
