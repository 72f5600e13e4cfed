/**
 * How right calls are, beside what was planned: the definitions by which detectors are compared (docs/science.md, section 10).
 *
 * - A false episode is a run of calls on one subject, gaps of up to 7 ticks joined, outside of start .. end + 17 of every outbreak that lies
 *   on, above or below the subject.
 * - An outbreak is found by a call on, above or below its node within start .. end + 2; exactly, by a call on its own node.
 * - A miss counts as the outbreak's whole length in the mean delay.
 */

export type Call = { readonly subject: number; readonly tick: number }

/** `startTick` .. `endTick`, both included. */
export type Span = { readonly startTick: number; readonly endTick: number }

export type Planned = Span & {
  /** Whether a subject lies on, above or below its node. */
  readonly isNear: (subject: number) => boolean
  readonly isOwn: (subject: number) => boolean
}

export type Score = { outbreaks: number; found: number; exact: number; delayTicks: number; falseEpisodes: number }
/** `firstTick`: of the first call in time on, above or below its node; absent of one that was missed. */
export type Found<P extends Planned> = { outbreak: P; firstTick?: number; exact: boolean; delayTicks: number }

/** How far in ticks a call may lie behind an outbreak, to find it or not to be false, and calls of an episode from each other. */
export type Reach = { foundTicksAfter: number; pardonedTicksAfter: number; joinedTicksMax: number }

const daily = { foundTicksAfter: 2, pardonedTicksAfter: 17, joinedTicksMax: 7 } as const satisfies Reach

/** The same lengths in ticks of so many days. */
export function reachOf(tickDays: number): Reach {
  const { foundTicksAfter, pardonedTicksAfter, joinedTicksMax } = daily
  return {
    foundTicksAfter,
    pardonedTicksAfter: Math.max(foundTicksAfter, Math.round(pardonedTicksAfter / tickDays)),
    joinedTicksMax: Math.max(1, Math.round(joinedTicksMax / tickDays)),
  }
}

/** What was planned, beside which calls are held. Calls come in any order. */
export class Outbreaks<P extends Planned> {
  readonly #planned: readonly P[]
  readonly #reach: Reach
  readonly #near = new Map<number, readonly P[]>()

  constructor(planned: readonly P[], reach: Reach = daily) {
    this.#planned = planned
    this.#reach = reach
  }

  /** Each outbreak with what was found of it. */
  found(calls: readonly Call[]): Found<P>[] {
    const first = new Map<P, { tick: number; exact: boolean }>()
    for (const { subject, tick } of calls)
      for (const outbreak of this.#nearOf(subject)) {
        if (!isWithin(tick, outbreak, this.#reach.foundTicksAfter)) continue
        const before = first.get(outbreak) ?? { tick, exact: false }
        first.set(outbreak, { tick: Math.min(before.tick, tick), exact: before.exact || outbreak.isOwn(subject) })
      }
    return this.#planned.map((outbreak): Found<P> => {
      const at = first.get(outbreak)
      const delayTicks = outbreak.endTick - outbreak.startTick + 1
      if (at === undefined) return { outbreak, exact: false, delayTicks }
      const { tick: firstTick, exact } = at
      return { outbreak, firstTick, exact, delayTicks: Math.min(delayTicks, firstTick - outbreak.startTick) }
    })
  }

  /** Runs of calls in or after an outbreak near their subject, and runs of those that are not: the false ones. */
  episodes(calls: readonly Call[]): { pardoned: number; false: number } {
    const pardoned = new Set(calls.filter((call) => this.#isPardoned(call)))
    const runs = (of: readonly Call[]): number => episodes(of, this.#reach).length
    return { pardoned: runs([...pardoned]), false: runs(calls.filter((call) => !pardoned.has(call))) }
  }

  #isPardoned(call: Call): boolean {
    return this.#nearOf(call.subject).some((one) => isWithin(call.tick, one, this.#reach.pardonedTicksAfter))
  }

  #nearOf(subject: number): readonly P[] {
    const near = this.#near.get(subject) ?? this.#planned.filter((one) => one.isNear(subject))
    this.#near.set(subject, near)
    return near
  }
}

/** How the calls of one run do, in ticks of a day. `delayTicks` is the sum over outbreaks. */
export function scoreCalls(calls: readonly Call[], planned: readonly Planned[]): Score {
  const outbreaks = new Outbreaks(planned)
  const found = outbreaks.found(calls)
  return {
    outbreaks: planned.length,
    found: found.filter(({ firstTick }) => firstTick !== undefined).length,
    exact: found.filter(({ exact }) => exact).length,
    delayTicks: found.reduce((sum, one) => sum + one.delayTicks, 0),
    falseEpisodes: outbreaks.episodes(calls).false,
  }
}

export function isPardoned({ subject, tick }: Call, planned: Planned): boolean {
  return isWithin(tick, planned, daily.pardonedTicksAfter) && planned.isNear(subject)
}

/** Runs of calls on one subject, as spans. */
export function episodes(
  calls: readonly Call[],
  { joinedTicksMax }: Pick<Reach, 'joinedTicksMax'> = daily,
): (Span & { subject: number })[] {
  const found: (Span & { subject: number })[] = []
  for (const { subject, tick } of [...calls].sort((a, b) => a.subject - b.subject || a.tick - b.tick)) {
    const last = found.at(-1)
    if (last?.subject === subject && tick - last.endTick <= joinedTicksMax)
      found[found.length - 1] = { ...last, endTick: tick }
    else found.push({ subject, startTick: tick, endTick: tick })
  }
  return found
}

function isWithin(tick: number, { startTick, endTick }: Span, ticksAfter: number): boolean {
  return tick >= startTick && tick <= endTick + ticksAfter
}
