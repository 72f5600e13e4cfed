import { ForewarnError } from '../../errors.ts'
import type { Model } from '../../readmodel/query/ask.ts'

/** Ticks of two labels. @throws ForewarnError FW_QUESTION for a day that is none. */
export function windowOf(
  { editions }: Model,
  { from, to }: { from?: string | undefined; to?: string | undefined },
): { from: number | undefined; to: number | undefined } {
  const tickOf = (label: string | undefined): number | undefined => {
    if (label === undefined) return undefined
    const tick = editions.profile.calendar.parse(label)
    if (tick === undefined)
      throw new ForewarnError('FW_QUESTION', [`${label} is no ${editions.profile.calendar.unit} of the calendar`])
    return tick
  }
  return { from: tickOf(from), to: tickOf(to) }
}
