/** Training rows of a history, all at once. */
import type { Dataset } from '../../models/learn/dataset.ts'
import type { TrainingRows } from './extract/rows.ts'

export async function rowsInMemory({ rows }: TrainingRows, names: readonly string[]): Promise<Dataset> {
  const values: number[] = []
  const labels: number[] = []
  const ticks: number[] = []
  const texts: Record<'ids' | 'regions' | 'industries' | 'grades', string[]> = {
    ids: [],
    regions: [],
    industries: [],
    grades: [],
  }
  for await (const { id, tick, label, region, industry, grade, features } of rows) {
    for (const value of features) values.push(value)
    labels.push(label)
    ticks.push(tick)
    texts.ids.push(id)
    texts.regions.push(region)
    texts.industries.push(industry)
    texts.grades.push(grade)
  }
  return {
    names,
    values: Float64Array.from(values),
    labels: Uint8Array.from(labels),
    ticks: Int32Array.from(ticks),
    ...texts,
  }
}
