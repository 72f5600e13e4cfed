/**
 * Where a subject stands on the ladder of levels, and the one function that moves it.
 *
 *   calm ─► blue ─► yellow ─► orange ─► red      up: at once, to the level that is called for
 *        ◄─      ◄─        ◄─        ◄─          down: one level after enough quiet ticks in a row
 */
import { type Level, levels } from '../../streams/outputs.ts'

export type AlertState = {
  level: Level
  quietTicks: number
  /** Under the rules before budgets: what each of the last ticks called for, the latest last. */
  recent?: readonly Level[] | undefined
}

export const calmState: AlertState = { level: 'calm', quietTicks: 0 }

export const rank = (level: Level): number => levels.indexOf(level)

export type Rules = {
  /** Quiet ticks before a warning goes down one level. */
  clearTicks: number
  /** Before budgets: up when so many of the last ticks call for it; red at once. */
  sustained?: { ticks: number; ofTicks: number } | undefined
}

/** `called`: the level that this tick's evidence calls for. `quiet`: whether it lies below half of what the standing level asks. */
export function nextState(
  standing: AlertState,
  { called, quiet }: { called: Level; quiet: boolean },
  { clearTicks, sustained }: Rules,
): AlertState {
  const recent = sustained && [...(standing.recent ?? []), called].slice(-sustained.ofTicks)
  const target = sustained === undefined || called === 'red' ? called : reached(recent ?? [], sustained.ticks)
  const remembered = recent === undefined ? {} : { recent }
  if (rank(target) > rank(standing.level)) return { level: target, quietTicks: 0, ...remembered }
  if (standing.level === 'calm' || !quiet) return { level: standing.level, quietTicks: 0, ...remembered }
  const quietTicks = standing.quietTicks + 1
  if (quietTicks < clearTicks) return { level: standing.level, quietTicks, ...remembered }
  return { level: levels[rank(standing.level) - 1], quietTicks: 0, ...remembered }
}

/** The highest level that at least `ticks` of the recent ones reach. */
function reached(recent: readonly Level[], ticks: number): Level {
  const ranks = recent.map(rank).sort((a, b) => b - a)
  return ranks.length < ticks ? 'calm' : levels[ranks[ticks - 1]]
}

/** Nothing left to remember: it may be forgotten. */
export function isAtRest({ level, recent = [] }: AlertState): boolean {
  return level === 'calm' && recent.every((one) => one === 'calm')
}
