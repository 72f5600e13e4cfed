/** Ticks by the calendar of the machine's own Date, in the time of a fixed offset. Part of the judge's oracle. */
const [hourMs, dayMs, weekMs] = [3_600_000, 86_400_000, 7 * 86_400_000]
const firstMondayMs = Date.parse('1970-01-05T00:00:00.000Z')

export type Clock = {
  tickDays: number
  ticksPerYear: number
  /** Places in the week: 168 hours, 7 days, or 1. */
  phases: number
  phase(tick: number): number
  label(tick: number): string
  tickOf(ms: number): number
  /** The first instant after a tick. */
  endMs(tick: number): number
}

export function clock(unit: 'hour' | 'day' | 'week', utcOffsetMinutes: number): Clock {
  const tickMs = { hour: hourMs, day: dayMs, week: weekMs }[unit]
  const zeroMs = unit === 'week' ? firstMondayMs : 0
  const offsetMs = utcOffsetMinutes * 60_000
  const begins = (tick: number): Date => new Date(zeroMs + tick * tickMs) // as the clock on the wall shows it
  return {
    tickDays: tickMs / dayMs,
    ticksPerYear: (365.25 * dayMs) / tickMs,
    phases: weekMs / tickMs,
    phase: (tick) => {
      const day = (begins(tick).getUTCDay() + 6) % 7
      return { hour: day * 24 + begins(tick).getUTCHours(), day, week: 0 }[unit]
    },
    label: (tick) =>
      begins(tick)
        .toISOString()
        .slice(0, unit === 'hour' ? 13 : 10),
    tickOf: (ms) => Math.floor((ms + offsetMs - zeroMs) / tickMs),
    endMs: (tick) => begins(tick + 1).getTime() - offsetMs,
  }
}
