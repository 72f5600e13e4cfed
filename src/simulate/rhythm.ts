/** Week and year: when things happen, and when offices publish them. Local time by the tick's UTC offset. */
import { dayMs, hourMs, minuteMs } from '../limits.ts'
import type { Family } from './traits.ts'

const weekdayFactors: Readonly<Record<Family, { workday: number; weekend: number }>> = {
  consumer: { workday: 1.08, weekend: 0.8 },
  conduct: { workday: 1.3, weekend: 0.25 },
  labour: { workday: 1.2, weekend: 0.5 },
  neutral: { workday: 1.35, weekend: 0.12 },
}
const annualReportDue = { month: 6, day: 30 } // annual reports are due by 30 June; who missed it is listed as abnormal
const burstPeak = 9
const burstDays = 7

/** A local day, with what the factors ask of it. */
export type LocalDay = { startMs: number; weekend: boolean; yearShare: number; daysSinceReportsDue: number }

export function localDay(startMs: number, utcOffsetMinutes: number): LocalDay {
  const local = new Date(startMs + utcOffsetMinutes * minuteMs)
  const year = local.getUTCFullYear()
  const dueMs = Date.UTC(year, annualReportDue.month - 1, annualReportDue.day + 1)
  return {
    startMs,
    weekend: isWeekend(local.getUTCDay()),
    yearShare: (local.getTime() - Date.UTC(year, 0, 1)) / (365.25 * dayMs),
    daysSinceReportsDue: Math.floor((local.getTime() - dueMs) / dayMs),
  }
}

function isWeekend(weekday: number): boolean {
  return weekday === 0 || weekday === 6
}

/** 0 (Sunday) .. 6 of an instant. */
export function weekendAt(ms: number, utcOffsetMinutes: number): boolean {
  return isWeekend(new Date(ms + utcOffsetMinutes * minuteMs).getUTCDay())
}

/** Factor on the rate of a type on one day: weekday, season, the burst after 30 June, wages before the Spring Festival. */
export function dayFactor(code: string, family: Family, day: LocalDay): number {
  const weekday = weekdayFactors[family][day.weekend ? 'weekend' : 'workday']
  const season = 1 + 0.08 * Math.cos(2 * Math.PI * (day.yearShare - 0.5))
  if (code === 'REG.ABNORMAL_LIST') return weekday * abnormalBurst(day.daysSinceReportsDue)
  if (code === 'LAB.WAGE_ARREARS') return weekday * (1 + 0.5 * Math.cos(2 * Math.PI * (day.yearShare - 0.04)))
  return weekday * season
}

function abnormalBurst(daysSinceReportsDue: number): number {
  if (daysSinceReportsDue < 0 || daysSinceReportsDue > 60) return 1
  return 1 + burstPeak * Math.exp(-daysSinceReportsDue / burstDays)
}

/** Milliseconds after local midnight at which something happens: mostly by day, from the sum of two uniform numbers in [0, 1). */
export function timeOfDayMs(first: number, second: number): number {
  return Math.floor(5 * hourMs + (first + second) * 9.4 * hourMs)
}
