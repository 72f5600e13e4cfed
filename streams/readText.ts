/** Numbers and instants as they stand in somebody's files. */

const numberForm = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i
/** The year first: nobody has to guess which number is the month, and one digit does as well as two. */
const instantForm =
  /^(\d{4})(?:([-/.])(\d{1,2})\2(\d{1,2})|年(\d{1,2})月(\d{1,2})日)(?:(?:T|\s+|(?<=日))(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d+))?)?)?\s*(Z|[+-]\d{2}:?\d{2})?$/
const minuteMs = 60_000
const hourMs = 60 * minuteMs

/** A finite number in plain decimal notation; undefined for anything else (`1,200`, `0x10`, `1e400`). */
export function readNumber(text: string): number | undefined {
  if (!numberForm.test(text)) return undefined
  const value = Number(text)
  return Number.isFinite(value) ? value : undefined
}

/**
 * `2026-08-03`, `2026/8/3`, `2026.8.3` or `2026年8月3日`, with or without a time (`T09:15`, ` 9:15:00.000`) and a zone (`Z`, `+08:00`).
 * Without a time it is the first instant of the day, without a zone it is local at the given offset.
 *
 * @returns Milliseconds since 1970 in UTC; undefined for what is no date, 30 February included.
 */
export function readInstantMs(text: string, utcOffsetMinutes: number): number | undefined {
  const found = instantForm.exec(text)
  if (found === null) return undefined
  const [, year, , month, day, monthZh, dayZh, hour = '0', minute = '0', second = '0', fraction = '', zone] = found
  const parts: DateParts = {
    year: Number(year),
    month: Number(month ?? monthZh),
    day: Number(day ?? dayZh),
    hour: Number(hour),
    minute: Number(minute),
    second: Number(second),
    ms: Number(fraction.slice(0, 3).padEnd(3, '0')),
  }
  return instantOf(parts, zone, utcOffsetMinutes)
}

/** Month and day count from 1. */
export type DateParts = {
  year: number
  month: number
  day: number
  hour: number
  minute: number
  second: number
  ms: number
}

/** Milliseconds since 1970 of a date and time in a zone (`Z`, `+08:00`), or else at an offset; undefined when there is no such date or time. */
export function instantOf(
  { year, month, day, hour, minute, second, ms }: DateParts,
  zone: string | undefined,
  utcOffsetMinutes: number,
): number | undefined {
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day) // Date.UTC would take the year 26 for 1926
  const isDate = date.getUTCMonth() === month - 1 && date.getUTCDate() === day
  const offsetMinutes = zone === undefined ? utcOffsetMinutes : zoneMinutes(zone)
  if (!isDate || hour > 23 || minute > 59 || second > 59 || offsetMinutes === undefined) return undefined
  return date.getTime() + hour * hourMs + (minute - offsetMinutes) * minuteMs + second * 1_000 + ms
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
