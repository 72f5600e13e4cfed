/** The features that a model learns from where its profile names none: two horizons of each group, what all groups say together, grades and peers. */
export function defaultFeatures(
  groups: readonly string[],
  grades: readonly string[],
  halfLivesDays: readonly number[],
): string[] {
  const nearest = (wanted: number): number =>
    halfLivesDays.reduce((best, one) => (Math.abs(one - wanted) < Math.abs(best - wanted) ? one : best))
  const [month, quarter, year] = [nearest(30), nearest(90), nearest(365)]
  const chosen = [
    ...groups.flatMap((group) => [`count.${group}.${month}d`, `count.${group}.${year}d`]),
    `severity.all.${quarter}d`,
    `severity.all.${year}d`,
    'momentum.all',
    'recency',
    'sources',
    'amount',
    ...grades.map((grade) => `grade.${grade}`),
    'gradeAge',
    'gradeWorse',
    'peer',
  ]
  return [...new Set(chosen)]
}
