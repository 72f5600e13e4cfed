/**
 * Where a count of 0 says nothing: regions at least half of whose usual records come from sources that are not heard. A source is not
 * heard where it is told silent, and while it sends what it kept meanwhile, since nothing of that is judged.
 */
import type { CellKeys } from '../cells.ts'
import { NumberSums } from '../sums.ts'
import type { SourceStreams, Stream } from './sourceStreams.ts'

const silentShareMin = 0.5

/** By index, in ascending order. `isUnheard`: of a stream in the tick that closes; what lies below one is not heard either. */
export function silentRegions(
  streams: SourceStreams,
  keys: CellKeys,
  isUnheard: (stream: number) => boolean,
): readonly number[] {
  const order = streams.inOrder()
  const unheard = new Set<number>()
  for (const key of order) {
    const above = streams.above(key)
    if (isUnheard(key) || (above !== undefined && unheard.has(above))) unheard.add(key)
  }
  if (unheard.size === 0) return []
  /** Records a tick: of a stream those that are missed below it, of a region all that are usual and all that are missed. */
  const [missedBelow, usual, missed] = [new NumberSums(), new NumberSums(), new NumberSums()]
  for (const key of order.toReversed()) {
    const rate = usualRecords(streams.of(key))
    const missing = unheard.has(key) ? rate : Math.min(rate, missedBelow.of(key))
    const { region } = keys.arrivalOf(key)
    usual.add(region, rate)
    missed.add(region, missing)
    const above = streams.above(key)
    if (above !== undefined) missedBelow.add(above, missing)
  }
  const isSilent = ([region, records]: [number, number]): boolean =>
    records > 0 && missed.of(region) >= silentShareMin * records
  return [...usual.entries()]
    .filter(isSilent)
    .map(([region]) => region)
    .sort((a, b) => a - b)
}

/** In a tick of a week without rhythm; 0 of a stream that has taught nothing. */
function usualRecords({ gaps: { exposure, records } }: Stream): number {
  return exposure > 0 ? records / exposure : 0
}
