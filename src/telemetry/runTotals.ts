/** Totals of a run for people: what came in, what became of it, what was said. Derived from notices. */
import { z } from 'zod'
import { fates, levels } from '../../streams/outputs.ts'
import type { Notice, NoticeOf } from '../notices.ts'

const counted = z.int().nonnegative()
const raised = z.partialRecord(z.enum(levels), counted)
const RunTotals = z.object({
  events: counted,
  enterprises: counted,
  fates: z.record(z.enum(fates), counted),
  scores: counted,
  alerts: counted,
  /** Raised warnings by axis and the level that each was raised at. */
  warnings: z.object({ industry: raised, region: raised, cell: raised }),
})
export type RunTotals = z.infer<typeof RunTotals>

const none = (): RunTotals => ({
  events: 0,
  enterprises: 0,
  fates: { applied: 0, stale: 0, duplicate: 0, conflict: 0, retraction: 0, absorbed: 0, dead: 0 },
  scores: 0,
  alerts: 0,
  warnings: { industry: {}, region: {}, cell: {} },
})

/** Totals of several processes together, from the JSON object that each printed last; one that printed none counts for nothing. */
export function sumTotals(printed: readonly string[]): RunTotals {
  const sum = none()
  for (const text of printed) {
    const last = text.trim().split('\n').at(-1) ?? ''
    if (last === '') continue
    const one = RunTotals.parse(JSON.parse(last))
    for (const field of ['events', 'enterprises', 'scores', 'alerts'] as const) sum[field] += one[field]
    for (const fate of fates) sum.fates[fate] += one.fates[fate]
    for (const axis of ['industry', 'region', 'cell'] as const)
      for (const level of levels)
        if (one.warnings[axis][level] !== undefined)
          sum.warnings[axis][level] = (sum.warnings[axis][level] ?? 0) + one.warnings[axis][level]
  }
  return sum
}

export class RunTotalsListener {
  readonly totals: RunTotals = none()
  readonly #enterprisesByTask = new Map<string, number>()

  take(notice: Notice): void {
    if (notice.kind === 'BeatFolded') this.#beat(notice)
    else if (notice.kind === 'TasksAssigned') {
      for (const task of this.#enterprisesByTask.keys())
        if (!notice.tasks.includes(task)) this.#enterprisesByTask.delete(task) // another process counts it now
    } else if (notice.kind === 'WarningChanged' && notice.change === 'raised') {
      const byLevel = this.totals.warnings[notice.axis]
      byLevel[notice.level] = (byLevel[notice.level] ?? 0) + 1
    }
  }

  #beat(notice: NoticeOf['BeatFolded']): void {
    const { totals } = this
    for (const fate of fates) {
      const count = notice.fates[fate] ?? 0
      totals.fates[fate] += count
      totals.events += count
    }
    totals.scores += notice.scores
    totals.alerts += notice.alerts
    this.#enterprisesByTask.set(notice.task, notice.enterprises)
    totals.enterprises = [...this.#enterprisesByTask.values()].reduce((sum, count) => sum + count, 0)
  }
}

/** `1,234 records, 900 enterprises, 12 scores ...` on one line. */
export function totalsLine({ events, enterprises, scores, alerts, warnings, fates: byFate }: RunTotals): string {
  const raised = Object.values(warnings).flatMap((byLevel) => levels.map((level) => byLevel[level] ?? 0))
  const parts = [
    `${count(events)} records`,
    `${count(enterprises)} enterprises`,
    `${count(scores)} scores`,
    `${count(alerts)} alerts`,
    `${count(raised.reduce((sum, one) => sum + one, 0))} warnings raised`,
    `${count(byFate.dead + byFate.conflict)} dead letters`,
  ]
  return parts.join(', ')
}

const count = (value: number): string => value.toLocaleString('en')
