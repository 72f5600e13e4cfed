/** Which columns a file must have, so that a mapping can make records of its rows. */
import { type FieldMapping, type FileMapping, recordMappings } from './mapping.ts'
import { requiredFields } from './profileChecks.ts'
import type { RecordTopic } from './topics.ts'

/** The file must have one of these columns. */
export type Needed = readonly string[]

/**
 * Columns of the fields that the contract of the kind asks for, of conditions, and of when a record became known.
 *
 * @param known `field`: that of the import, for mappings that do not say it themselves; `live`: nobody asks for it.
 */
export function neededColumns(
  mapping: FileMapping,
  kind: RecordTopic,
  { field, live }: { field: string | undefined; live: boolean },
): Needed[] {
  const needed = recordMappings(mapping).flatMap(({ when, knownAt, fields }): Needed[] => {
    const known = live ? undefined : (knownAt?.from ?? field)
    return [
      ...requiredFields(kind).flatMap((field) => columnsOf(fields[field])),
      ...Object.entries(when).flatMap(([column, { blank }]) => (blank === true ? [] : [[column]])),
      ...(known === undefined ? [] : [[known]]),
    ]
  })
  return [...new Map(needed.map((columns) => [columns.join('\n'), columns])).values()]
}

/** Nothing for a field that has a value without any column. */
function columnsOf(how: FieldMapping): Needed[] {
  const columns: string[] = []
  for (const rule of Array.isArray(how) ? how : [how]) {
    if (typeof rule === 'string') columns.push(rule)
    else if ('constant' in rule || rule.otherwise !== undefined) return []
    else columns.push(...(typeof rule.from === 'string' ? [rule.from] : rule.from))
  }
  return [columns]
}
