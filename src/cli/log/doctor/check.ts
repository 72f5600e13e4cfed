import type { ErrorCode } from '../../../errors.ts'

/** What a check of `forewarn doctor` says. */
export type Verdict = 'ok' | 'warn' | 'fail'

export type Check = {
  name: string
  verdict: Verdict
  says: string
  /** Of the error registry, where the finding is one of its. */
  code?: ErrorCode
  /** What to do; absent when all is well. */
  remedy?: string
}

export const ok = (name: string, says: string): Check => ({ name, verdict: 'ok', says })
export const warn = (name: string, says: string, remedy: string): Check => ({ name, verdict: 'warn', says, remedy })
export const fail = (name: string, says: string, remedy: string): Check => ({ name, verdict: 'fail', says, remedy })
