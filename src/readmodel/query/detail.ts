/** One warning with its history, and what stands around it. */
import type { Level } from '../../../streams/outputs.ts'
import { never } from '../schema.ts'
import { textIn } from '../values.ts'
import { figuresOf, storedWarning, type WarningRecord } from '../warningRecord.ts'
import { holds, type Model, type When, whenOf } from './ask.ts'
import { rowsOf, type WarningRow } from './rows.ts'
import { type Silent, silentAt, touches } from './silences.ts'
import { warningRow } from './warnings.ts'

const relativesMax = 100

export type WarningChange = {
  tick: string
  at: string
  change: WarningRecord['change']
  level: Level
  levelBefore: Level
  early: boolean
  observed: number
  expected: number
  enterprises: number
  sentences: Record<string, string>
}

export type WarningDetail = {
  row: WarningRow
  evidence: WarningRecord['evidence']
  changes: WarningChange[]
  parents: WarningRow[]
  children: WarningRow[]
  beside: WarningRow[]
  silent: Silent[]
  profile: string
  model: string | null
  foldVersion: number
  record: WarningRecord
}

export function detailOf(model: Model, id: string, asOf: string | undefined): WarningDetail {
  const when = whenOf(model, asOf)
  const found = warningRow(model, id, when)
  const record = storedWarning(textIn(found, 'record'))
  const { region, profile, foldVersion, evidence } = record
  const [row] = rowsOf(model, [found], when)
  return {
    row,
    evidence,
    changes: changesOf(model, id, when),
    parents: record.parents.flatMap((parent) => standingById(model, parent, when)),
    children: record.children.slice(0, relativesMax).flatMap((place) => standingAt(model, place, when)),
    beside: standingAt(model, record, when).filter((one) => one.id !== id && one.axis === record.axis),
    // Of the tick of its last change: a source that fell silent later did not bring it about.
    silent: silentAt(model, { ...when, tick: record.tick }).filter((one) => touches(model, one.region, region)),
    ...{ profile, model: record.model, foldVersion, record },
  }
}

/** Every record of it up to the tick that is asked for. */
export function recordsOf({ store }: Model, id: string, { tick }: When): WarningRecord[] {
  return store
    .all('SELECT record FROM warning_change WHERE id = ? AND tick <= ? ORDER BY seq', id, tick ?? never)
    .map((row) => storedWarning(textIn(row, 'record')))
}

function changesOf(model: Model, id: string, when: When): WarningChange[] {
  return recordsOf(model, id, when).map((record) => {
    const { tickLabel, at, change, level, levelBefore, early, sentences } = record
    const { observed, expected, enterprises } = figuresOf(record)
    return { tick: tickLabel, at, change, level, levelBefore, early, observed, expected, enterprises, sentences }
  })
}

function standingById(model: Model, id: string, when: When): WarningRow[] {
  const { sql, values } = holds(when)
  return rowsOf(
    model,
    model.store.all(`SELECT * FROM warning_change WHERE id = ? AND ${sql} AND level > 0`, id, ...values),
    when,
  )
}

function standingAt(
  model: Model,
  { region, industry }: { region: string; industry: string },
  when: When,
): WarningRow[] {
  const { sql, values } = holds(when)
  const axes = "axis IN ('industry', 'region', 'cell')" // so that the index by cell serves
  const found = model.store.all(
    `SELECT * FROM warning_change WHERE ${axes} AND region = ? AND industry = ? AND ${sql} AND level > 0 ORDER BY level DESC, id`,
    ...[region, industry, ...values],
  )
  return rowsOf(model, found, when)
}
