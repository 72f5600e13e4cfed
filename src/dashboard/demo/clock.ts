/** The clock of the demo: how fast its days pass, and whether they do. */
import { signal } from '@preact/signals'
import type { DemoClock } from '../../serve/contracts.ts'
import { ask, tell } from '../ask.ts'

/** Undefined where there is no demo. */
export const clock = signal<DemoClock | undefined>(undefined)

export async function readClock(): Promise<void> {
  clock.value = await ask<DemoClock>('/api/v1/demo/clock').catch(() => undefined)
}

export async function setClock(to: DemoClock): Promise<void> {
  clock.value = await tell<DemoClock>('/api/v1/demo/clock', to).catch(() => clock.value)
}
