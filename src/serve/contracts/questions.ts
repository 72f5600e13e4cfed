/** What may be asked. A key that is not here is refused, so that a filter that was misspelt never shows more than was meant. */
import { z } from 'zod'
import { axes, levels } from '../../../streams/outputs.ts'
import { statisticNames } from '../../../streams/warnings.ts'
import { pageRowsDefault, pageRowsMax, searchCharactersMax } from '../../limits.ts'
import { contradictionKinds } from './enterprises.ts'
import { streamTopics } from './stream.ts'

const code = z.string().max(64)
const label = z
  .string()
  .regex(/^\d{4}-\d\d-\d\d(T\d\d)?$/, 'must be a day such as 2026-02-13, or an hour such as 2026-02-13T09')

/** `red,orange`. */
function listOf<T extends string>(values: readonly T[]): z.ZodType<T[], string> {
  return z
    .string()
    .max(256)
    .transform((text) => text.split(','))
    .pipe(z.array(z.enum(values)))
}

export const AsOf = z.strictObject({ asOf: label.optional() })
export type AsOf = z.infer<typeof AsOf>

export const OverviewQuestion = AsOf.extend({ region: code.optional() })

export const sorts = ['level', 'tick', 'raised', 'ratio'] as const

/** Which warnings: shared by lists and exports. */
export const WarningFilter = AsOf.extend({
  level: listOf(levels).optional(),
  axis: listOf(axes).optional(),
  statistic: listOf(statisticNames).optional(),
  /** A region, with all below it; an industry, likewise. */
  region: code.optional(),
  industry: code.optional(),
  /** Raised from this tick on, and up to that one. */
  from: label.optional(),
  to: label.optional(),
  /** In ids and sentences. */
  q: z.string().max(searchCharactersMax).optional(),
  /** `false`: without those that another warning explains. */
  explained: z.enum(['true', 'false']).optional(),
})
export type WarningFilter = z.infer<typeof WarningFilter>

const page = {
  limit: z.coerce.number().int().min(1).max(pageRowsMax).default(pageRowsDefault),
  cursor: z.string().max(512).optional(),
}

export const WarningsQuestion = WarningFilter.extend({ sort: z.enum(sorts).default('level'), ...page })
export type WarningsQuestion = z.infer<typeof WarningsQuestion>

export const SeriesQuestion = AsOf.extend({ from: label.optional(), to: label.optional() })
/** Of a cell: which statistic, and of counts perhaps one group of types alone. */
const stream = { statistic: z.enum(statisticNames).default('count'), group: code.optional() }
export const CellSeriesQuestion = SeriesQuestion.extend(stream)
export const CellsQuestion = z.strictObject({ grid: z.enum(['province-section', 'all']).default('province-section') })
export const EnterprisesQuestion = z.strictObject({ q: z.string().max(searchCharactersMax).default(''), ...page })
/** With a source its regions too, with a region the part of each source in it; without either each source as a whole. */
export const SourcesQuestion = AsOf.extend({
  from: label.optional(),
  to: label.optional(),
  source: code.optional(),
  region: code.optional(),
})
export const ContradictionsQuestion = AsOf.extend({
  kind: z.enum(contradictionKinds).optional(),
  region: code.optional(),
  industry: code.optional(),
  ...page,
})
export const StreamQuestion = z.strictObject({ topics: listOf(streamTopics).optional() })
export const NoQuestion = z.strictObject({})
export const NoParams = z.object({})
/** Why enterprises are looked at. */
export const PurposeQuestion = AsOf.extend({ purpose: z.string().max(searchCharactersMax).optional() })

export const WarningParams = z.object({ id: z.string().max(200) })
export const EnterpriseParams = z.object({ id: z.string().max(64) })
export const TickParams = z.object({ label })
export const LanguageParams = z.object({ language: z.string().max(8) })
/** `-` stands for the whole country, or all industries. */
export const CellParams = z.object({ axis: z.enum(axes), region: code, industry: code })

export const WarningsExport = WarningFilter
export type WarningsExport = WarningFilter
export const CellsExport = CellsQuestion.extend({ tick: label })
export type CellsExport = z.infer<typeof CellsExport>
/** Without a region the whole country, without an industry all of them. */
export const SeriesExport = CellSeriesQuestion.extend({
  axis: z.enum(axes),
  region: code.default(''),
  industry: code.default(''),
})
export type SeriesExport = z.infer<typeof SeriesExport>
