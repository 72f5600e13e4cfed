/** The clock as an append finds it, and how far what is stamped may lead it, in milliseconds. */
export type Stamp = { nowMs: number; aheadMsMax: number }

/** Log time of a record that brings none: never earlier than that of the record before it, unless that one leads the clock too far. */
export function stampAfter(lastMs: number, { nowMs, aheadMsMax }: Stamp): number {
  return Math.min(Math.max(nowMs, lastMs), nowMs + aheadMsMax)
}
