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
/** `injected`: begun, and over or found; `underWay`: begun, neither over nor found, so that it may still be. */
export type OutbreakScore = { injected: number; found: number; underWay: number; raisedOutside: number }

const ticksAfter = 2

/** `untilMs`: how far the log is folded. What begins later is not counted. */
export function scoreOutbreaks(
  planned: readonly PlannedOutbreak[],
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
  return {
    injected: begun.length - underWay.length,
    found: found.length,
    underWay: underWay.length,
    raisedOutside: raises.filter((raise) => !planned.some((outbreak) => touches(outbreak, raise))).length,
  }
}

/** `outbreaks: 5 begun, 4 warned of in time; ...` on one line. */
export function outbreaksLine({ injected, found, underWay, raisedOutside }: OutbreakScore): string {
  const more = underWay === 0 ? '' : ` (${underWay} more under way, not warned of yet)`
  return `outbreaks: ${injected} begun, ${found} warned of in time${more}; ${raisedOutside} warnings touch none`
}

/** Whether a code stands above another in its tree, or is it; '' is the root. */
function isAbove(tree: CodeTree, above: string, below: string): boolean {
  return tree.pathOf(tree.find(below)).includes(tree.find(above))
}
