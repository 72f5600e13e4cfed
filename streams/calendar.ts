/**
 * Ticks: the hours, days or weeks in which cells count. A tick is a whole number, counted from 1970; weeks begin on Monday.
 * Ticks follow a fixed UTC offset, so that every tick has the same length and no clock change moves a count.
 */
export const tickUnits = ['hour', 'day', 'week'] as const
export type TickUnit = (typeof tickUnits)[number]

const hourMs = 3_600_000
const lengthMs = { hour: hourMs, day: 24 * hourMs, week: 7 * 24 * hourMs } as const satisfies Record<TickUnit, number>
const mondayMs = 4 * 24 * hourMs // 1970-01-05 was a Monday

export type Calendar = {
  readonly unit: TickUnit
  readonly tickMs: number
  /** Ticks a year (365.25 days), for seasonal terms. */
  readonly ticksPerYear: number
  /** Places in the weekly cycle: 168 for hours, 7 for days, 1 for weeks. */
  readonly phasesPerWeek: number
  tickOf(ms: number): number
  startMs(tick: number): number
  /** The first instant after the tick. */
  endMs(tick: number): number
  /** 0 .. phasesPerWeek - 1; 0 is Monday. */
  weekPhase(tick: number): number
  /** The local date (and hour) at which the tick begins: `2026-08-03` or `2026-08-03T14`. */
  label(tick: number): string
  /** The tick of a label, or of any day in a week; undefined if it is none. */
  parse(label: string): number | undefined
}

export function calendar(unit: TickUnit, utcOffsetMinutes: number): Calendar {
  const tickMs = lengthMs[unit]
  const shiftMs = (unit === 'week' ? mondayMs : 0) - utcOffsetMinutes * 60_000
  const phasesPerWeek = lengthMs.week / tickMs
  const startMs = (tick: number): number => tick * tickMs + shiftMs
  const tickOf = (ms: number): number => Math.floor((ms - shiftMs) / tickMs)
  const mondayPhase = ((mondayMs / tickMs) % phasesPerWeek) | 0
  return {
    unit,
    tickMs,
    ticksPerYear: (365.25 * 24 * hourMs) / tickMs,
    phasesPerWeek,
    tickOf,
    startMs,
    endMs: (tick) => startMs(tick + 1),
    weekPhase: (tick) =>
      unit === 'week' ? 0 : (((tick - mondayPhase) % phasesPerWeek) + phasesPerWeek) % phasesPerWeek,
    label: (tick) =>
      new Date(startMs(tick) + utcOffsetMinutes * 60_000).toISOString().slice(0, unit === 'hour' ? 13 : 10),
    parse: (label) => {
      const full = unit === 'hour' ? `${label}:00:00.000Z` : `${label}T00:00:00.000Z`
      const local = Date.parse(full)
      if (Number.isNaN(local) || new Date(local).toISOString() !== full) return undefined // 30 February is none
      return tickOf(local - utcOffsetMinutes * 60_000)
    },
  }
}
