/** Runs a simulation and reads its records back as a consumer would. */
import { createHash } from 'node:crypto'
import { type SimulateOptions, type Simulation, simulate } from '../../src/simulate/simulate.ts'
import { RiskEvent } from '../../streams/contracts.ts'
import { newYear2025, smallProfile } from './smallProfile.ts'

export const profile = smallProfile()
const defaults = { enterprises: 4000, days: 40, seed: 7, start: newYear2025 }

export function run(options: Partial<SimulateOptions> = {}): Simulation {
  return simulate(profile, { ...defaults, ...options })
}

export function digestOf(simulation: Simulation): string {
  const hash = createHash('sha256')
  for (const { topic, key, knownAtMs, text } of simulation.records())
    hash.update(`${topic}|${key}|${knownAtMs}|${text}\n`)
  return hash.digest('hex')
}

export type KnownEvent = RiskEvent & { knownAtMs: number }

/** Events that keep their contract. */
export function* eventsOf(simulation: Simulation): Generator<KnownEvent> {
  for (const { topic, text, isObject, knownAtMs } of simulation.records()) {
    if (topic !== 'risk-events' || !isObject) continue
    const parsed = RiskEvent.safeParse(JSON.parse(text))
    if (parsed.success) yield { ...parsed.data, knownAtMs }
  }
}

export const sum = (numbers: Iterable<number>): number => [...numbers].reduce((total, number) => total + number, 0)
