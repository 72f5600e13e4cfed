/**
 * From what happened to when it became known. Hotlines publish within minutes to days; offices publish after days to weeks, in
 * working hours, and what would come out at a weekend mostly waits for Monday or Tuesday.
 */
import { dayMs, hourMs, minuteMs } from '../limits.ts'
import type { Random } from './random.ts'
import { weekendAt } from './rhythm.ts'
import type { Trait } from './traits.ts'

const delayMsMax = 90 * dayMs
const officeFromHours = 20
const opens = 9 * hourMs
const openMs = 9 * hourMs
const waitsForMonday = 0.8

export function delayMs(trait: Trait, random: Random): number {
  return Math.min(delayMsMax, Math.floor(random.logNormal(trait.delayHours * hourMs, trait.delaySpread)))
}

/** Whether an office publishes events of this kind, in its hours. */
export function byOffice(trait: Trait): boolean {
  return trait.delayHours >= officeFromHours
}

export function knownAtMs(occurredMs: number, trait: Trait, utcOffsetMinutes: number, random: Random): number {
  const readyMs = occurredMs + delayMs(trait, random)
  if (!byOffice(trait)) return readyMs
  const offsetMs = utcOffsetMinutes * minuteMs
  const midnight = Math.floor((readyMs + offsetMs) / dayMs) * dayMs - offsetMs
  const waits = weekendAt(readyMs, utcOffsetMinutes) && random.chance(waitsForMonday)
  const published = midnight + (waits ? 2 * dayMs : 0) + opens + Math.floor(random.next() * openMs)
  return published >= readyMs ? published : published + dayMs
}
