/** Warnings as lists have them. */
import { type Level, levels } from '../../../streams/outputs.ts'
import { untouched } from '../../handling/handling.ts'
import { usualTicks } from '../../limits.ts'
import { i32 } from '../columns.ts'
import type { Row } from '../store.ts'
import { numberIn, textIn } from '../values.ts'
import { storedWarning, type WarningRecord } from '../warningRecord.ts'
import type { Model, When } from './ask.ts'

export type WarningRow = {
  id: string
  statistic: string
  axis: WarningRecord['axis']
  region: string
  industry: string
  level: Level
  levelBefore: Level
  levelSince: string
  risen: boolean
  early: boolean
  raised: string
  tick: string
  observed: number
  expected: number
  ratio: number
  enterprises: number
  sentences: Record<string, string>
  spark: number[]
  children: number
  explainedBy: { region: string; industry: string } | null
  calmAgain: boolean
  amended: boolean
  handling: typeof untouched
  suppressedBy: string | null
  visible: 'own' | 'context'
}

/** Rows of `warning_change`, with the sparks of all of them read together. */
export function rowsOf(model: Model, found: readonly Row[], when: When): WarningRow[] {
  const sparkOf = sparks(model, when)
  return found.map((row) => rowOf(model, row, sparkOf))
}

function rowOf({ editions }: Model, row: Row, sparkOf: (record: WarningRecord) => number[]): WarningRow {
  const record = storedWarning(textIn(row, 'record'))
  const { id, statistic, axis, region, industry, level, levelBefore, early, sentences, children, explainedBy } = record
  const { calendar } = editions.profile
  return {
    ...{ id, statistic, axis, region, industry, level, levelBefore, early, sentences },
    levelSince: calendar.label(numberIn(row, 'level_since')),
    risen: levels.indexOf(level) > levels.indexOf(levelBefore),
    raised: calendar.label(record.raisedTick),
    tick: record.tickLabel,
    observed: numberIn(row, 'observed'),
    expected: numberIn(row, 'expected'),
    ratio: numberIn(row, 'ratio'),
    enterprises: numberIn(row, 'enterprises'),
    spark: sparkOf(record),
    children: children.length,
    explainedBy: explainedBy ?? null,
    calmAgain: level === 'calm',
    amended: numberIn(row, 'amended') === 1,
    handling: untouched,
    suppressedBy: null,
    visible: 'own',
  }
}

/** Columns of the last ticks are read once for a page of rows; none for a page without rows. */
function sparks({ store, editions }: Model, { shown }: When): (record: WarningRecord) => number[] {
  let ticks: { observed: Int32Array; tick: number }[] | undefined
  const read = (): { observed: Int32Array; tick: number }[] =>
    shown === undefined
      ? []
      : store
          .all(
            'SELECT tick, observed FROM tick WHERE tick BETWEEN ? AND ? AND levels IS NOT NULL ORDER BY tick',
            shown - usualTicks + 1,
            shown,
          )
          .map((row) => ({ tick: numberIn(row, 'tick'), observed: i32(row.observed) }))
  return ({ region, industry }) => {
    ticks ??= read()
    return ticks.map(({ observed, tick }) => {
      const { profile, grid } = editions.at(tick)
      const cell = grid.cellOf(profile.regions.find(region), profile.industries.find(industry))
      return cell === undefined ? 0 : (observed[cell] ?? 0)
    })
  }
}
