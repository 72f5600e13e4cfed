/** The features that a model learns from where its profile names none: two horizons of each group, what all groups say together, grades and peers. */
import { nearest } from '../factSums.ts'
import { otherNames } from '../features.ts'

export function defaultFeatures(
  groups: readonly string[],
  grades: readonly string[],
  halfLivesDays: readonly number[],
): string[] {
  const [month, quarter, year] = [30, 90, 365].map((days) => halfLivesDays[nearest(halfLivesDays, days)])
  const chosen = [
    ...groups.flatMap((group) => [`count.${group}.${month}d`, `count.${group}.${year}d`]),
    `severity.all.${quarter}d`,
    `severity.all.${year}d`,
    'momentum.all',
    ...otherNames(grades),
  ]
  return [...new Set(chosen)]
}
