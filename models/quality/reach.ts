/** Whom a given workload reaches: the rows with the highest scores, as many as officers can visit. */
import { upperGamma } from '../math.ts'
import type { RecallChange } from './evaluation.ts'
import { rowsByName } from './groups.ts'
import type { Order } from './order.ts'

/** 1 for each row in the first `share` of the order, 0 for the others; rows that tie across the cut share what is left. */
export function reachOf({ rows, ends }: Order, share: number): Float64Array {
  const reached = new Float64Array(rows.length)
  const budget = share * rows.length
  let from = 0
  for (const to of ends) {
    const part = Math.min(1, Math.max(0, (budget - from) / (to - from)))
    for (; from < to; from++) reached[rows[from]] = part
  }
  return reached
}

/** One line a group that has a positive row. @param names group of each row */
export function recallChanges(
  reached: Float64Array,
  otherReached: Float64Array,
  labels: Uint8Array,
  names: readonly string[],
): RecallChange[] {
  return Array.from(rowsByName(names), ([name, rows]) => {
    const positives = rows.filter((row) => labels[row] === 1)
    let [mine, others, spread] = [0, 0, 0]
    for (const row of positives) {
      mine += reached[row]
      others += otherReached[row]
      spread += (reached[row] - otherReached[row]) * (reached[row] - otherReached[row])
    }
    const [size, loss] = [positives.length, others - mine]
    return {
      name,
      positives: size,
      recall: mine / size,
      otherRecall: others / size,
      lossProbability: tail(loss, spread),
    }
  }).filter(({ positives }) => positives > 0)
}

/** P(N(0, spread) >= loss - 1); 1 for no loss to speak of. */
function tail(loss: number, spread: number): number {
  const corrected = loss - 1
  if (corrected <= 0 || spread === 0) return 1
  return upperGamma(0.5, (corrected * corrected) / spread / 2) / 2
}
