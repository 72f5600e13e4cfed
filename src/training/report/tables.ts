/** The tables of the page: gates, key figures, stability of score and features. */
import { type Evaluation, type Figure, Figures } from '../../../models/quality/evaluation.ts'
import type { Gate } from '../../../models/quality/gates.ts'
import { psiActs, stabilityOf } from '../../../models/quality/psi.ts'
import { fillIn } from '../../words.ts'
import type { FeatureImportance } from '../importance.ts'
import { chosenShare, count, decimal, percent, withInterval } from './format.ts'
import { type Html, html } from './html.ts'
import { Bar, type Cell, table } from './table.ts'
import type { Words } from './words.ts'

type FigureName = keyof Figures
export const figureNames = Figures.keyof().options
const colours = { stable: 'good', look: 'look', act: 'act' }
/** Features beyond so many that are stable are folded away. */
const featuresShown = 15

export function gatesTable(gates: readonly Gate[], words: Words): Html {
  const { columns } = words
  return table(
    words.sections.gates,
    [
      { name: columns.gate },
      { name: columns.result },
      { name: columns.value, right: true },
      { name: columns.limit, right: true },
      { name: columns.of },
    ],
    gates.map(({ name, passed, why, value, limit, of }) => [
      words.gates[name],
      gateResult(passed, why, words),
      decimal(value, 4),
      `${name === 'aucDifference' ? '>' : name.endsWith('Recall') ? '≤' : '<'} ${decimal(limit)}`,
      of,
    ]),
  )
}

/** One that was not judged says why. */
function gateResult(passed: boolean | null, why: string | undefined, words: Words): Html {
  if (passed === null) return html`<span class="look">– ${words.unjudged}</span>${why === undefined ? '' : `: ${why}`}`
  return passed ? html`<span class="good">✓ ${words.pass}</span>` : html`<strong class="act">✗ ${words.fail}</strong>`
}

export function figuresTable(
  { candidate, others, champion, highShare, calibrationBinsMax }: Evaluation,
  words: Words,
): Html {
  const values = { share: chosenShare(highShare), bins: calibrationBinsMax }
  const write = (name: FigureName | 'difference', figure: Figure | undefined): string =>
    withInterval(figure, words.to, (value) =>
      name === 'firstHalf' ? percent(value) : decimal(value, name === 'lift' ? 2 : 4),
    )
  const row = ([name, meaning]: readonly [string, string], cells: readonly string[]): Cell[] => [
    html`${fillIn(name, values)} <span class="meaning">${fillIn(meaning, values)}</span>`,
    ...cells,
  ]
  const models = [candidate, ...others.map(({ model }) => model)]
  const columns = models.map(({ name }) => ({
    name: name === champion ? `${name} (${words.inUse})` : name,
    right: true,
  }))
  const differences = others.length === 0 ? [] : (['auc', 'brier'] as const)
  return table(
    words.sections.figures,
    [{ name: words.columns.figure }, ...columns],
    [
      ...figureNames.map((name) =>
        row(
          words.figures[name],
          models.map(({ figures }) => write(name, figures[name])),
        ),
      ),
      ...differences.map((name) =>
        row(words.differences[name], [
          '',
          ...others.map(({ comparison }) => write('difference', comparison[`${name}Difference`])),
        ]),
      ),
    ],
  )
}

export function bandsTable({ bands }: Evaluation, words: Words): Html {
  const { columns } = words
  return table(
    words.sections.bands,
    [
      { name: columns.band },
      { name: columns.from, right: true },
      { name: columns.rows, right: true },
      { name: columns.positives, right: true },
      { name: columns.precision },
      { name: columns.recall },
    ],
    bands.map(({ name, from, rows, positives, precision, recall }) => [
      name,
      percent(from),
      count(rows),
      count(positives),
      new Bar(percent(precision), precision),
      new Bar(percent(recall), recall),
    ]),
  )
}

export function importanceTable({ by, features }: FeatureImportance, words: Words): Html {
  const largest = Math.max(...features.map(({ value }) => Math.abs(value)), 1e-9)
  return table(
    words.sections.importance,
    [{ name: words.columns.feature }, { name: words.columns[by] }],
    features
      .slice(0, featuresShown)
      .map(({ name, value }) => [name, new Bar(decimal(value, 4), Math.abs(value) / largest)]),
  )
}

export function psiTable({ psi }: Evaluation, words: Words): Html {
  if (psi === undefined) return html`<p>${words.notes.noPsi}</p>`
  const line = ({ name, psi: value, limit = psiActs, unjudged }: (typeof psi.features)[number]): Cell[] => {
    if (value === undefined) return [name, '–', html`<span class="act">${words.unknown}</span>`]
    const bar = new Bar(decimal(value), value / (2 * limit))
    if (unjudged !== undefined) return [name, bar, words.psi[unjudged]]
    const stability = stabilityOf(value, limit)
    return [name, bar, html`<span class="${colours[stability]}">${words.psi[stability]}</span>`]
  }
  const sorted = psi.features.toSorted((a, b) => (b.psi ?? Infinity) - (a.psi ?? Infinity))
  const moved = sorted.filter(
    ({ psi: value, limit }, at) => at < featuresShown || value === undefined || stabilityOf(value, limit) !== 'stable',
  )
  const columns = [{ name: words.columns.feature }, { name: words.columns.psi }, { name: words.columns.verdict }]
  const score = { name: words.score, psi: psi.score, limit: psi.scoreLimit }
  const rest = sorted.filter((one) => !moved.includes(one))
  return html`${table(words.sections.psi, columns, [score, ...moved].map(line))}${
    rest.length === 0
      ? undefined
      : html`<details><summary>${words.psi.stable}: ${rest.length}</summary>${table(words.psi.stable, columns, rest.map(line))}</details>`
  }`
}
