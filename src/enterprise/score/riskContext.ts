/**
 * What the watch says of the country's risk (topic `risk-levels`), as an input of the enterprise tasks. What it said of tick T speaks in tick T + 2,
 * whenever it came: so the answer is the same with any number of partitions, and in a replay.
 */
import { z } from 'zod'
import type { Profile } from '../../../streams/profile.ts'
import { RiskLevels } from '../../../streams/riskLevels.ts'
import { jsonPart, type Refold, type StatePart } from '../../fold/state.ts'
import { jsonOf } from '../../json.ts'
import { neighbourhoodLagTicks } from '../../limits.ts'
import type { LogRecord } from '../../log/port.ts'

const Saved = z.object({ said: z.array(RiskLevels) })

export class RiskContext {
  /** Ascending by tick; the first is the latest that speaks, or is still to. */
  #said: RiskLevels[] = []

  take(records: readonly LogRecord[]): void {
    for (const { value } of records) this.#said.push(RiskLevels.parse(jsonOf(value)))
  }

  /** What speaks in a tick, if it was said in the codes of this profile. */
  in(tick: number, profile: Profile): RiskLevels | undefined {
    this.#forget(tick)
    const [first] = this.#said
    return first !== undefined && first.tick <= tick - neighbourhoodLagTicks && first.profile === profile.hash
      ? first
      : undefined
  }

  #forget(tick: number): void {
    const speaking = this.#said.filter((one) => one.tick <= tick - neighbourhoodLagTicks).length
    this.#said = this.#said.slice(Math.max(0, speaking - 1))
  }

  /** It comes about from its input alone, and the ticks in which beats of so many milliseconds lie. */
  stateBy({ calendar }: Pick<Profile, 'calendar'>, beatMs: number): StatePart {
    const fold: Refold['fold'] = (beat, { levels }) => {
      this.take(levels)
      this.#forget(calendar.tickOf(beat * beatMs))
    }
    return jsonPart(
      { name: 'risk context', version: 1, contract: Saved, refold: { inputs: ['levels'], fold } },
      () => ({ said: this.#said }),
      ({ said }) => {
        this.#said = said
      },
    )
  }
}
