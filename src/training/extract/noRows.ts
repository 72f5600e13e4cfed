/** Why a window has no rows, in words: what the log holds decides, and what the label asks. */
import { flag } from '../../enterprise/rows/rows.ts'
import type { AskedOptions, AskedRows, AskedWindow } from './asked.ts'

export function whyNoRows(
  { profile, lastClosedTick, fromTick, toTick }: AskedOptions,
  { rule, past, unasked }: AskedRows,
  window: AskedWindow,
): string {
  const { label } = profile.calendar
  const { firstTick, lastKnownTick } = window
  if (fromTick !== undefined && toTick !== undefined && toTick < fromTick)
    return `it ends on ${label(toTick)}, before it begins on ${label(fromTick)}`
  const { fromMs, knownMs } = rule.window(0)
  const days = (knownMs - fromMs) / 86_400_000
  const known = `a label is known ${days} days after its row, and the log is folded to the end of ${label(lastClosedTick)}`
  if (firstTick === undefined || lastKnownTick < firstTick) return `no label is known yet: ${known}`
  if (window.fromTick > lastKnownTick)
    return `it begins on ${label(window.fromTick)}, and labels are known of rows up to ${label(lastKnownTick)}: ${known}`
  if (window.toTick < firstTick) return `it ends on ${label(window.toTick)}, and the log begins on ${label(firstTick)}`
  if (rule.asks === 'enterprises') return nobodyRegistered(past.known)
  const asked = profile.types.filter(({ index }) => rule.of[index] === 1).map(({ code }) => code)
  const events = `event of ${asked.join(' or ')}`
  if (unasked.unknown === 0) return `no ${events} occurred in it and was known in time`
  return `of no enterprise with an ${events} in it (${unasked.unknown} rows) was anything known at the end of the tick before`
}

function nobodyRegistered(tasks: AskedRows['past']['known']): string {
  let [known, closed] = [0, 0]
  for (const { rows } of tasks)
    for (let row = 0; row < rows.count; row++) {
      if (rows.has(row, flag.place)) continue
      known++
      if (rows.has(row, flag.closed)) closed++
    }
  if (known === 0) return 'no enterprise was known by its end'
  const unregistered = known - closed
  return `of ${known} enterprises that were known by its end ${unregistered} are not registered (records of the topic enterprises) and ${closed} closed`
}
