/** Numbers and instants as they stand in somebody's files. */

const numberForm = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i
const instantForm =
  /^(\d{4})([-/])(\d{2})\2(\d{2})(?:[T ](\d{2}:\d{2})(:\d{2})?(\.\d{1,3})?\d*)?\s*(Z|[+-]\d{2}:?\d{2})?$/
const minuteMs = 60_000
const hourMs = 60 * minuteMs

/** A finite number in plain decimal notation; undefined for anything else (`1,200`, `0x10`, `1e400`). */
export function readNumber(text: string): number | undefined {
  if (!numberForm.test(text)) return undefined
  const value = Number(text)
  return Number.isFinite(value) ? value : undefined
}

/**
 * `2026-08-03`, `2026/08/03`, with or without a time (`T09:15`, ` 09:15:00.000`) and a zone (`Z`, `+08:00`). Without a time it is
 * the first instant of the day, without a zone it is local at the given offset.
 *
 * @returns Milliseconds since 1970 in UTC; undefined for what is no date, 30 February included.
 */
export function readInstantMs(text: string, utcOffsetMinutes: number): number | undefined {
  const found = instantForm.exec(text)
  if (found === null) return undefined
  const [, year, , month, day, minutes = '00:00', seconds = ':00', fraction = '.', zone] = found
  const clock = `${year}-${month}-${day}T${minutes}${seconds}${fraction.padEnd(4, '0')}Z`
  const local = Date.parse(clock)
  if (Number.isNaN(local) || new Date(local).toISOString() !== clock) return undefined
  const offsetMinutes = zone === undefined ? utcOffsetMinutes : zoneMinutes(zone)
  return offsetMinutes === undefined ? undefined : local - offsetMinutes * minuteMs
}

/** So many hours later (earlier, if negative), in whole milliseconds. */
export function hoursLater(ms: number, hours: number): number {
  return Math.round(ms + hours * hourMs)
}

function zoneMinutes(zone: string): number | undefined {
  if (zone === 'Z') return 0
  const hours = Number(zone.slice(1, 3))
  const minutes = Number(zone.slice(-2))
  if (hours > 14 || minutes > 59) return undefined
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes)
}
