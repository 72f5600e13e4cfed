/** Enterprises whose scores contradict their grade: from the tick in which each entered until the one in which it left. */
import { Contradiction } from '../../../streams/riskLevels.ts'
import { jsonOf } from '../../json.ts'
import type { LogRecord } from '../../log/port.ts'
import { never } from '../schema.ts'
import type { Store } from '../store.ts'
import { enterpriseNo } from './enterprises.ts'

export function foldContradiction(store: Store, { value }: LogRecord): void {
  const { enterpriseId, change, kind, tick, sinceTick, grade, probability, comparedWith, region, industry, model } =
    Contradiction.parse(jsonOf(value))
  const no = enterpriseNo(store, enterpriseId)
  if (change === 'left')
    store.run(`UPDATE contradiction SET left_tick = ? WHERE enterprise = ? AND left_tick = ${never}`, tick, no)
  else
    store.run(
      `INSERT OR REPLACE INTO contradiction VALUES (?, ?, ${never}, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ...[no, tick, sinceTick, kind, grade, region, industry, probability ?? null, comparedWith ?? null, model],
    )
}
