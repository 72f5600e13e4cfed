/** How many planned outbreaks the warnings found: a raise on the outbreak's cell, or one above or below it, in its time or two ticks after. */
import type { Profile } from '../../../streams/profile.ts'
import type { CodeTree } from '../../../streams/tree.ts'

export type Raise = { region: string; industry: string; tickLabel: string }
export type PlannedOutbreak = {
  region: string
  industry: string
  startTick: number
  endTick: number
  start: string
  end: string
}
/** What was planned: outbreaks, and beside them trouble and artefacts, of which a warning may well tell. */
export type PlannedAll = {
  outbreaks: readonly PlannedOutbreak[]
  troubles: readonly Omit<PlannedOutbreak, 'industry'>[]
  artefacts: readonly PlannedOutbreak[]
}
/**
 * `injected`: begun, and over or found; `underWay`: begun, neither over nor found, so that it may still be; `raisedBeside`: raises that
 * touch no outbreak, and other trouble or an artefact.
 */
export type OutbreakScore = {
  injected: number
  found: number
  underWay: number
  raisedBeside: number
  raisedOutside: number
}

const ticksAfter = 2

/** `untilMs`: how far the log is folded. What begins later is not counted. */
export function scoreOutbreaks(
  { outbreaks: planned, troubles, artefacts }: PlannedAll,
  raises: readonly Raise[],
  profile: Profile,
  untilMs: number,
): OutbreakScore {
  const { regions, industries, calendar } = profile
  const touches = (outbreak: PlannedOutbreak, raise: Raise): boolean => {
    const tick = calendar.parse(raise.tickLabel) ?? Number.NaN
    if (!(tick >= outbreak.startTick && tick <= outbreak.endTick + ticksAfter)) return false
    const above =
      isAbove(regions, raise.region, outbreak.region) && isAbove(industries, raise.industry, outbreak.industry)
    const below =
      isAbove(regions, outbreak.region, raise.region) && isAbove(industries, outbreak.industry, raise.industry)
    return above || below
  }
  const begun = planned.filter(({ start }) => Date.parse(start) < untilMs)
  const found = begun.filter((outbreak) => raises.some((raise) => touches(outbreak, raise)))
  const underWay = begun.filter((outbreak) => !found.includes(outbreak) && Date.parse(outbreak.end) > untilMs)
  const others = [...troubles.map((trouble) => ({ ...trouble, industry: '' })), ...artefacts]
  const outside = raises.filter((raise) => !planned.some((outbreak) => touches(outbreak, raise)))
  const beside = outside.filter((raise) => others.some((other) => touches(other, raise)))
  return {
    injected: begun.length - underWay.length,
    found: found.length,
    underWay: underWay.length,
    raisedBeside: beside.length,
    raisedOutside: outside.length - beside.length,
  }
}

/** `outbreaks: 5 begun, 4 warned of in time; ...` on one line. */
export function outbreaksLine({ injected, found, underWay, raisedBeside, raisedOutside }: OutbreakScore): string {
  const more = underWay === 0 ? '' : ` (${underWay} more under way, not warned of yet)`
  const beside = raisedBeside === 0 ? '' : `${raisedBeside} warnings touch other trouble or artefacts, `
  return `outbreaks: ${injected} begun, ${found} warned of in time${more}; ${beside}${raisedOutside} warnings touch none`
}

/** Whether a code stands above another in its tree, or is it; '' is the root. */
function isAbove(tree: CodeTree, above: string, below: string): boolean {
  return tree.pathOf(tree.find(below)).includes(tree.find(above))
}
