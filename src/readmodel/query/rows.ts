/** Warnings as lists have them. */
import { type Level, levels } from '../../../streams/outputs.ts'
import type { StatisticName, WarningKind } from '../../../streams/warnings.ts'
import { untouched } from '../../handling/handling.ts'
import { usualTicks } from '../../limits.ts'
import type { Row } from '../store.ts'
import { numberIn, textIn } from '../values.ts'
import { countEvidence, groupOf, storedWarning, type WarningRecord } from '../warningRecord.ts'
import type { Model, When } from './ask.ts'
import { groupCounts } from './series/groupColumns.ts'
import { type Observed, observedBetween } from './tickColumns.ts'

export type WarningRow = {
  id: string
  statistic: StatisticName
  group: string | null
  reason: string | null
  kind: WarningKind | null
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
  held: boolean
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
    group: groupOf(record) ?? null,
    reason: record.statistic === 'risk' ? record.evidence.reason : null,
    kind: countEvidence(record)?.kind ?? null,
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
    held: record.held ?? false,
    handling: untouched,
    suppressedBy: null,
    visible: 'own',
  }
}

/** Columns of the last ticks, all events and those of each group that is named; none for a page without rows. */
function sparks(model: Model, { shown }: When): (record: WarningRecord) => number[] {
  if (shown === undefined) return () => []
  const span = { first: shown - usualTicks + 1, last: shown }
  let ticks: Observed[] | undefined
  const ofGroups = new Map<string, ReturnType<typeof groupCounts>>()
  return (record) => {
    ticks ??= observedBetween(model, span)
    const { region, industry } = record
    const group = groupOf(record)
    const counts = group === undefined ? undefined : (ofGroups.get(group) ?? groupCounts(model, group, span))
    if (group !== undefined && counts !== undefined) ofGroups.set(group, counts)
    return ticks.map(({ observed, tick }) => {
      const { profile, grid } = model.editions.at(tick)
      const cell = grid.cellOf(profile.regions.find(region), profile.industries.find(industry))
      if (counts !== undefined) return counts({ tick, cell })
      return cell === undefined ? 0 : (observed[cell] ?? 0)
    })
  }
}
