/** Live records to a process that may go away and come back: one that is started again, at another address perhaps. */
import { setTimeout as sleep } from 'node:timers/promises'
import { type ErrorCode, ForewarnError } from '../errors.ts'
import { askAgainMs } from '../limits.ts'
import type { LiveTarget } from './live.ts'

export type PatientOptions = {
  /** The process as it can be reached now; undefined while there is none. */
  current: () => LiveTarget | undefined
  /** For messages. */
  logName: string
  /** Milliseconds; 0: not at all. */
  waitMs: number
  now: () => number
  /** Told when the process has gone, and when it is back. */
  onChange: (state: 'away' | 'back') => void
}

/**
 * Sends a batch again until it is taken. One whose answer was lost may be taken twice: its events count once, and what it says of
 * enterprises and grades is said again.
 *
 * @throws ForewarnError what the process said last, when it is away for longer than the wait; any other fault at once.
 */
export function patientTarget({ current, logName, waitMs, now, onChange }: PatientOptions): LiveTarget {
  let target: LiveTarget | undefined
  return {
    send: async (topic, entries, file) => {
      let sinceMs: number | undefined
      for (;;) {
        try {
          target ??= current()
          if (target === undefined) throw new ForewarnError('FW_LOG_HELD', [logName, 'that does not serve any more'])
          const answer = await target.send(topic, entries, file)
          if (sinceMs !== undefined) onChange('back')
          return answer
        } catch (error) {
          if (!comesBack(error)) throw error
          target = undefined
          if (sinceMs === undefined) onChange('away')
          sinceMs ??= now()
          if (now() - sinceMs >= waitMs) throw error
        }
        await sleep(askAgainMs)
      }
    },
  }
}

const passing: readonly ErrorCode[] = ['FW_LOG_HELD', 'FW_HTTP_CLOSING']

function comesBack(error: unknown): error is ForewarnError {
  return error instanceof ForewarnError && passing.includes(error.code)
}
