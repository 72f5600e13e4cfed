/** When a process that ended is started again: later each time, until it has run well for a while. */
import { workerHealthyMs, workerRestartMs, workerRestartMsMax } from '../../limits.ts'

/** Milliseconds to wait; `beforeMs`: what was waited before it ran for `ranMs`, undefined the first time. */
export function restartWaitMs(beforeMs: number | undefined, ranMs: number): number {
  if (beforeMs === undefined || ranMs >= workerHealthyMs) return workerRestartMs
  return Math.min(2 * beforeMs, workerRestartMsMax)
}
