/**
 * Where a cell stands on the ladder of levels, and the one function that moves it.
 *
 *   calm ─► blue ─► yellow ─► orange ─► red      up: when enough of the last ticks call for it; red at once
 *        ◄─      ◄─        ◄─        ◄─          down: one level after enough quiet ticks in a row
 */
import { type Level, levels } from '../../streams/outputs.ts'
import type { WarningPolicy } from '../../streams/profile.ts'

export type AlertState = {
  level: Level
  /** What each of the last ticks called for, the latest last. */
  recent: readonly Level[]
  quietTicks: number
}

export const calmState: AlertState = { level: 'calm', recent: [], quietTicks: 0 }

export const rank = (level: Level): number => levels.indexOf(level)

/** `called`: the level that this tick's evidence calls for. `quiet`: whether it lies below half of what the standing level asks. */
export function nextState(
  standing: AlertState,
  tick: { called: Level; quiet: boolean },
  policy: WarningPolicy,
): AlertState {
  const recent = [...standing.recent, tick.called].slice(-policy.raiseOfTicks)
  const target = tick.called === 'red' ? 'red' : sustained(recent, policy.raiseTicks)
  if (rank(target) > rank(standing.level)) return { level: target, recent, quietTicks: 0 }
  if (standing.level === 'calm' || !tick.quiet) return { level: standing.level, recent, quietTicks: 0 }
  const quietTicks = standing.quietTicks + 1
  if (quietTicks < policy.clearTicks) return { level: standing.level, recent, quietTicks }
  return { level: levels[rank(standing.level) - 1], recent, quietTicks: 0 }
}

/** The highest level that at least `ticks` of the recent ones reach. */
function sustained(recent: readonly Level[], ticks: number): Level {
  const ranks = recent.map(rank).sort((a, b) => b - a)
  return ranks.length < ticks ? 'calm' : levels[ranks[ticks - 1]]
}

/** Nothing left to remember: it may be forgotten. */
export function isAtRest(standing: AlertState): boolean {
  return standing.level === 'calm' && standing.recent.every((level) => level === 'calm')
}
