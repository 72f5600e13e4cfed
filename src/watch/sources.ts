/** Silence looks calm: a source that used to send from a region and sent nothing in a whole tick is told. */
import type { SourceSilent } from '../../streams/outputs.ts'
import type { Profile } from '../../streams/profile.ts'
import type { CellKeys } from '../cells.ts'

/** Discount of arrivals a tick. */
const keepTick = 0.9
/** Below so many expected records a tick, none at all says nothing. */
const expectedMin = 20

export type Arrivals = { mean: number; ticks: number; silent: boolean }

export class SourceWatch {
  readonly arrivals = new Map<number, Arrivals>()
  private readonly profile: Profile
  private readonly keys: CellKeys

  constructor(profile: Profile, keys: CellKeys) {
    this.profile = profile
    this.keys = keys
  }

  /** Takes the arrivals of a closed tick; returns sources that fell silent in it. A silent source teaches nothing until it speaks again. */
  close(tick: number, arrivals: Iterable<[key: number, count: number]>): SourceSilent[] {
    const notices: SourceSilent[] = []
    const arrived = new Map(arrivals)
    for (const key of arrived.keys())
      if (!this.arrivals.has(key)) this.arrivals.set(key, { mean: 0, ticks: 0, silent: false })
    for (const [key, known] of [...this.arrivals].sort((a, b) => a[0] - b[0])) {
      const count = arrived.get(key) ?? 0
      const isSilent = count === 0 && known.ticks >= 7 && known.mean >= expectedMin
      if (isSilent && !known.silent) notices.push(this.notice(key, tick, known.mean))
      known.silent = isSilent
      if (isSilent) continue
      known.mean = known.ticks === 0 ? count : keepTick * known.mean + (1 - keepTick) * count
      known.ticks++
    }
    return notices
  }

  private notice(key: number, tick: number, expected: number): SourceSilent {
    const { source, region } = this.keys.arrivalOf(key)
    const { calendar, sources, regions } = this.profile
    return {
      kind: 'SourceSilent',
      tick,
      tickLabel: calendar.label(tick),
      source: sources[source],
      region: regions.nodes[region].code,
      expected,
    }
  }
}
