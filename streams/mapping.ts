/**
 * How one line of somebody's CSV file becomes records: for each field of the contract, where its value comes from. A profile
 * declares it as data, so that a supervisor's own files need no code.
 */
import { z } from 'zod'
import { DateFormats } from './dateFormats.ts'
import { recordTopics } from './topics.ts'

const column = z.string().min(1)
/** At most a year each way. */
const hours = z.number().min(-8_784).max(8_784)
const value = z.union([z.string(), z.number()])

/**
 * The steps run in the order in which they stand here. `otherwise` takes the place of a value that is blank, that `map` does not
 * list, that no step reaches, or that is in no tree; without it the value is absent (a value that `map` does not list stays).
 */
const FieldRule = z.union([
  /** The column of this name, as it stands; blank means absent. */
  column,
  z
    .strictObject({
      /** The first of these columns that is not blank. */
      from: z.union([column, z.array(column).min(1)]),
      /** Letters, digits and marks of full width become those of ASCII. */
      fullWidth: z.boolean().default(false),
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
      map: z.record(z.string(), value).optional(),
      otherwise: value.optional(),
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
      /** Forms of the instant, in place of those of the mapping. */
      formats: DateFormats.optional(),
      /** Added to an instant. */
      addHours: hours.optional(),
    })
    .superRefine((rule, context) => {
      for (const step of ['addHours', 'formats'] as const)
        if (rule[step] !== undefined && rule.as !== 'instant')
          context.addIssue({ code: 'custom', message: 'needs as: instant', path: [step] })
    }),
  /** The same for every line. */
  z.strictObject({ constant: value }),
])
export type FieldRule = z.infer<typeof FieldRule>

/** Of several rules the first that gives a value. */
export const FieldMapping = z.union([...FieldRule.options, z.array(FieldRule).min(1)])
export type FieldMapping = z.infer<typeof FieldMapping>

/** What must hold of a column. A number cannot be told of a blank, so `atLeast` and `atMost` do not hold of one. */
export const Condition = z
  .strictObject({
    atLeast: z.number().optional(),
    atMost: z.number().optional(),
    /** The text of the column, without blanks around it, is one of these. */
    oneOf: z.array(z.string()).min(1).optional(),
    blank: z.boolean().optional(),
  })
  .refine((condition) => Object.keys(condition).length > 0, 'atLeast, atMost, oneOf or blank is needed')
export type Condition = z.infer<typeof Condition>

/** When a record became known: an instant in a column, read as `as: instant` reads it, and so many hours later. */
export const KnownAt = z.strictObject({
  from: column,
  addHours: hours.default(0),
  formats: DateFormats.optional(),
  /** A blank one is refused like any other that is no time, or takes what stands above it in the column. */
  blank: z.enum(['refused', 'previous']).default('refused'),
})
export type KnownAt = z.infer<typeof KnownAt>

const recordMapping = {
  /** By column: the row gives the record when all of them hold. */
  when: z.record(column, Condition).default({}),
  knownAt: KnownAt.optional(),
  /** Forms of all dates and times; absent: the year first. */
  formats: DateFormats.optional(),
  fields: z.record(z.string(), FieldMapping).default({}),
  /** Attributes of the event, under these names; those among the profile's `factColumns` become numbers. */
  attributes: z.record(z.string(), FieldMapping).default({}),
}
/** One record that a row may give. */
export const RecordMapping = z.strictObject(recordMapping)
export type RecordMapping = z.infer<typeof RecordMapping>

/** All records that a row may give, of one kind. */
export const FileMapping = z.strictObject({
  /** The kind of the records; a mapping that has the name of a kind is of that kind. */
  as: z.enum(recordTopics).optional(),
  ...recordMapping,
  /** Several records of one row: what stands above holds for each of them, beside its own. Absent: one. */
  records: z.array(RecordMapping).min(1).max(64).optional(),
})
export type FileMapping = z.infer<typeof FileMapping>

/** Each record that a row may give, by itself. */
export function recordMappings({ when, knownAt, formats, fields, attributes, records }: FileMapping): RecordMapping[] {
  return (records ?? [{ when: {}, fields: {}, attributes: {} }]).map((own) => ({
    when: { ...when, ...own.when },
    knownAt: own.knownAt ?? knownAt,
    formats: own.formats ?? formats,
    fields: { ...fields, ...own.fields },
    attributes: { ...attributes, ...own.attributes },
  }))
}
