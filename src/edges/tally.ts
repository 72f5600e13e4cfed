/** Totals of a run for people: what came in, what became of it, what was said. Derived from notices. */
import { type Fate, fates, type Level, levels } from '../../streams/outputs.ts'
import type { Axis } from '../../streams/topics.ts'
import type { Notice } from '../notices.ts'

export type RunTotals = {
  events: number
  enterprises: number
  fates: Record<Fate, number>
  scores: number
  alerts: number
  /** Raised warnings by axis and the level that each was raised at. */
  warnings: Record<Axis, Partial<Record<Level, number>>>
}

export class RunTally {
  readonly totals: RunTotals = {
    events: 0,
    enterprises: 0,
    fates: { applied: 0, stale: 0, duplicate: 0, conflict: 0, retraction: 0, absorbed: 0, dead: 0 },
    scores: 0,
    alerts: 0,
    warnings: { industry: {}, region: {}, cell: {} },
  }
  private readonly enterprisesByTask = new Map<string, number>()

  take(notice: Notice): void {
    if (notice.kind === 'BeatFolded') this.beat(notice)
    else if (notice.kind === 'WarningChanged' && notice.change === 'raised') {
      const byLevel = this.totals.warnings[notice.axis]
      byLevel[notice.level] = (byLevel[notice.level] ?? 0) + 1
    }
  }

  private beat(notice: Extract<Notice, { kind: 'BeatFolded' }>): void {
    const { totals } = this
    for (const fate of fates) {
      const count = notice.fates[fate] ?? 0
      totals.fates[fate] += count
      totals.events += count
    }
    totals.scores += notice.scores
    totals.alerts += notice.alerts
    this.enterprisesByTask.set(notice.task, notice.enterprises)
    totals.enterprises = [...this.enterprisesByTask.values()].reduce((sum, count) => sum + count, 0)
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
