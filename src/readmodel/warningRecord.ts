/** A warning as the pages have it: whatever statistic was judged, with what lists show of any. */
import { levels } from '../../streams/outputs.ts'
import { AnyWarning, type CountEvidence, Warning } from '../../streams/warnings.ts'

export type WarningRecord = Warning

/** What lists show of any statistic: what was seen, what was usual, and the ratio of both. */
export type Figures = { observed: number; expected: number; ratio: number; enterprises: number }

/** As the log has it, in this version of the topics or the one before. @throws ZodError for what is no warning. */
export function warningRecord(json: unknown): WarningRecord {
  return AnyWarning.parse(json)
}

/** As the read model keeps it. */
export function storedWarning(text: string): WarningRecord {
  return Warning.parse(JSON.parse(text))
}

export function figuresOf({ statistic, evidence }: WarningRecord): Figures {
  const { expected, enterprises } = evidence
  if (statistic !== 'risk') return { observed: evidence.count, expected, ratio: evidence.rateRatio, enterprises }
  return { observed: evidence.risky, expected, ratio: expected > 0 ? evidence.risky / expected : 1, enterprises }
}

/** Of a warning about counts. */
export function countEvidence({ statistic, evidence }: WarningRecord): CountEvidence | undefined {
  return statistic === 'count' ? evidence : undefined
}

/** The group of types whose events alone are counted; undefined where all are, and of other statistics. */
export const groupOf = ({ statistic, evidence }: WarningRecord): string | undefined =>
  statistic === 'risk' ? undefined : evidence.group

/** calm 0 .. red 4. */
export const rankOf = (level: WarningRecord['level']): number => levels.indexOf(level)
