/** One line a group: how many rows, what was foretold and what came, and how well. */
import type { GroupQuality } from '../../../models/quality/evaluation.ts'
import { count, decimal, percent } from './format.ts'
import { type Html, html } from './html.ts'
import { Bar, table } from './table.ts'
import type { Words } from './words.ts'

export function groupTable(caption: string, heading: string, groups: readonly GroupQuality[], words: Words): Html {
  const { columns } = words
  const largest = Math.max(...groups.map(({ observed, predicted }) => Math.max(observed, predicted)), 1e-9)
  return table(
    caption,
    [
      { name: heading },
      { name: columns.rows, right: true },
      { name: columns.positives, right: true },
      { name: columns.observed },
      { name: columns.predicted },
      { name: columns.auc },
      { name: columns.recall },
      { name: columns.brier, right: true },
    ],
    groups.map(({ name, rows, positives, observed, predicted, auc, recall, brier }) => [
      name,
      count(rows),
      count(positives),
      new Bar(percent(observed), observed / largest),
      new Bar(percent(predicted), predicted / largest),
      new Bar(aucOf(auc, words), auc === undefined ? 0 : (auc.value - 0.5) * 2), // from chance to perfect
      new Bar(percent(recall), recall),
      decimal(brier, 4),
    ]),
  )
}

function aucOf(auc: GroupQuality['auc'], words: Words): Html {
  if (auc?.low === undefined || auc.high === undefined) return html`${decimal(auc?.value)}`
  return html`${decimal(auc.value)} <small>${decimal(auc.low, 2)} ${words.to} ${decimal(auc.high, 2)}</small>`
}
