/** How many planned outbreaks the warnings found: a raise on the outbreak's cell, or one above or below it, in its time or two ticks after. */
import type { Profile } from '../../streams/profile.ts'
import { type CodeTree, rootIndex } from '../../streams/tree.ts'

export type Raise = { region: string; industry: string; tickLabel: string }
export type PlannedOutbreak = { region: string; industry: string; startTick: number; endTick: number; end: string }
export type OutbreakScore = { injected: number; found: number; raisedOutside: number }

const ticksAfter = 2

/** `untilMs`: outbreaks that end later are not counted. */
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
  const counted = planned.filter(({ end }) => Date.parse(end) <= untilMs)
  return {
    injected: counted.length,
    found: counted.filter((outbreak) => raises.some((raise) => touches(outbreak, raise))).length,
    raisedOutside: raises.filter((raise) => !planned.some((outbreak) => touches(outbreak, raise))).length,
  }
}

/** Whether a code stands above another in its tree, or is it; '' is the root. */
function isAbove(tree: CodeTree, above: string, below: string): boolean {
  const wanted = above === '' ? rootIndex : tree.find(above)
  for (let at = below === '' ? rootIndex : tree.find(below); ; at = tree.nodes[at].parent) {
    if (at === wanted) return true
    if (at === rootIndex) return false
  }
}
