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

const foundTicksAfter = 2
const pardonedTicksAfter = 17
const joinedTicksMax = 7

/** How the calls of one run do. Calls in any order; `delayTicks` is the sum over outbreaks. */
export function scoreCalls(calls: readonly Call[], planned: readonly Planned[]): Score {
  const score: Score = { outbreaks: planned.length, found: 0, exact: 0, delayTicks: 0, falseEpisodes: 0 }
  for (const outbreak of planned) {
    const timely = calls.filter(({ tick }) => isWithin(tick, outbreak, foundTicksAfter))
    const near = timely.filter(({ subject }) => outbreak.isNear(subject)).map(({ tick }) => tick)
    const length = outbreak.endTick - outbreak.startTick + 1
    if (near.length > 0) score.found++
    if (timely.some(({ subject }) => outbreak.isOwn(subject))) score.exact++
    score.delayTicks += near.length > 0 ? Math.min(length, Math.min(...near) - outbreak.startTick) : length
  }
  const outside = calls.filter((call) => !planned.some((one) => isPardoned(call, one)))
  return { ...score, falseEpisodes: episodes(outside).length }
}

export function isPardoned({ subject, tick }: Call, planned: Planned): boolean {
  return isWithin(tick, planned, pardonedTicksAfter) && planned.isNear(subject)
}

/** Runs of calls on one subject, as spans. */
export function episodes(calls: readonly Call[]): (Span & { subject: number })[] {
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
