/** ISO instants -> milliseconds, read by hand: Date.parse takes ten times as long. */
const [minus, upperT, colon, point, upperZ, plus] = Buffer.from('-T:.Z+')
const daysOfMonth = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const
const shortestLength = '2026-03-02T05:00:00Z'.length

/** Milliseconds of an ISO instant that the contract has already admitted. */
export function instantMs(text: string): number {
  return instantAt(Buffer.from(text, 'latin1'), 0, text.length) ?? Date.parse(text)
}

/**
 * Milliseconds of an instant of the usual forms, `2026-03-02T05:00:00.000Z` and `2026-03-02T13:00:00+08:00`, with or without
 * milliseconds; undefined for any other, for what is no date, and for a leap day.
 */
export function instantAt(bytes: Uint8Array, from: number, to: number): number | undefined {
  if (
    to - from < shortestLength ||
    bytes[from + 4] !== minus ||
    bytes[from + 7] !== minus ||
    bytes[from + 10] !== upperT ||
    bytes[from + 13] !== colon ||
    bytes[from + 16] !== colon
  )
    return undefined
  const hasMs = bytes[from + 19] === point
  const zoneMs = zoneAt(bytes, from + (hasMs ? 23 : 19), to)
  const year = pair(bytes, from) * 100 + pair(bytes, from + 2)
  const month = pair(bytes, from + 5)
  const day = pair(bytes, from + 8)
  const hour = pair(bytes, from + 11)
  const minute = pair(bytes, from + 14)
  const second = pair(bytes, from + 17)
  const ms = hasMs ? pair(bytes, from + 20) * 10 + digit(bytes[from + 22]) : 0
  // What is no digit is not a number, and no comparison holds.
  const isInstant =
    year >= 0 && month >= 1 && month <= 12 && day >= 1 && day <= daysOfMonth[month - 1] && hour <= 23 && minute <= 59
  if (zoneMs === undefined || !isInstant || !(second <= 59) || !(ms >= 0)) return undefined
  return ((daysSince1970(year, month, day) * 24 + hour) * 60 + minute) * 60_000 + second * 1_000 + ms - zoneMs
}

/** How far a zone that ends at `to` is ahead of UTC: `Z`, or hours and minutes. */
function zoneAt(bytes: Uint8Array, from: number, to: number): number | undefined {
  if (to - from === 1) return bytes[from] === upperZ ? 0 : undefined
  const sign = bytes[from] === plus ? 1 : bytes[from] === minus ? -1 : 0
  if (to - from !== 6 || sign === 0 || bytes[from + 3] !== colon) return undefined
  const [hours, minutes] = [pair(bytes, from + 1), pair(bytes, from + 4)]
  return hours <= 14 && minutes <= 59 ? sign * (hours * 60 + minutes) * 60_000 : undefined
}

function pair(bytes: Uint8Array, at: number): number {
  return digit(bytes[at]) * 10 + digit(bytes[at + 1])
}

function digit(byte: number): number {
  return byte >= 0x30 && byte <= 0x39 ? byte - 0x30 : Number.NaN
}

/** Days from 1970-01-01 to a date of the Gregorian calendar (negative before it). */
function daysSince1970(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yearOfEra = y - era * 400
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1
  return era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468
}
