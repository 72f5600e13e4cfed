/** What the count of a warning was counted over: its place in the tick of its last change; of a cluster its members, in the ticks that were looked through. */
import type { WarningRecord } from '../warningRecord.ts'
import type { Model } from './ask.ts'

export type Place = { region: string; industry: string }
/** Ticks from `first` to `last`, both counted. */
export type Reach = { first: number; last: number; places: readonly Place[] }

export function reachOf(model: Model, { tick, region, industry, statistic, evidence }: WarningRecord): Reach {
  if (statistic !== 'cluster') return { first: tick, last: tick, places: [{ region, industry }] }
  const { calendar } = model.editions.at(tick).profile
  const tickOf = (label: string): number => calendar.parse(label) ?? tick
  return { first: tickOf(evidence.from), last: tickOf(evidence.to), places: evidence.members }
}
