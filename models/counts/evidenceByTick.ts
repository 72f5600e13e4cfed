/** How counts gather evidence, by the length of a tick: outbreaks last many hours and days, and few of them three weeks. */
import type { Evidence } from './evidence.ts'
import { outbreaks } from './shiryaevRoberts.ts'
import { weeks } from './weeks.ts'

/** For ticks of so many days, > 0. */
export function evidenceByTick(tickDays: number): Evidence {
  return isWeekly(tickDays) ? weeks : outbreaks
}

export const isWeekly = (tickDays: number): boolean => tickDays >= 7
