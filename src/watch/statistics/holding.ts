/**
 * What calls teaches nothing: an outbreak must not be taken for usual, nor what is left of a tick without it, since a count cut at what was
 * expected is less than usual on the average. But an outbreak ends. What has been held for so long is how it is now, and teaches.
 */
import { z } from 'zod'
import { dayMs } from '../../limits.ts'
import { cellKey, type Moves, moved } from '../moves.ts'

/** Chosen on development seeds of the simulator; a rise is held for four ticks at least, where ticks are weeks. */
const [heldDaysMax, heldTicksLeast] = [14, 4]

export function heldTicksMax(tickMs: number): number {
  return Math.max(heldTicksLeast, heldDaysMax * (dayMs / tickMs))
}

/** By node, ticks in a row in which it stood open or called. */
export const SavedHolding = z.object({ ticks: z.array(z.tuple([cellKey, z.int()])) })

export class Holding {
  readonly #ticksMax: number
  #ticks = new Map<number, number>()

  constructor(ticksMax: number) {
    this.#ticksMax = ticksMax
  }

  /** A tick is over: nodes that teach nothing of it, among those that are held. */
  next(nodes: Iterable<number>, isHeld: (node: number) => boolean): ReadonlySet<number> {
    const ticks = new Map<number, number>()
    for (const node of nodes) if (isHeld(node)) ticks.set(node, (this.#ticks.get(node) ?? 0) + 1)
    this.#ticks = ticks
    return new Set([...ticks].flatMap(([node, held]) => (held <= this.#ticksMax ? [node] : [])))
  }

  clear(): void {
    this.#ticks.clear()
  }

  save(): z.infer<typeof SavedHolding> {
    return { ticks: [...this.#ticks] }
  }
  load(saved: unknown, moves?: Moves): void {
    const before = SavedHolding.parse(saved)
    const { ticks } = moves === undefined ? before : moved(SavedHolding, before, moves)
    this.#ticks = new Map(ticks)
  }
}
