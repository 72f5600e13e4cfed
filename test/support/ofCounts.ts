import type { Warning } from '../../streams/warnings.ts'

export type CountWarning = Extract<Warning, { statistic: 'count' }>

/** Of warnings those of counts. */
export function ofCounts(warnings: readonly Warning[]): CountWarning[] {
  return warnings.filter((one): one is CountWarning => one.statistic === 'count')
}
