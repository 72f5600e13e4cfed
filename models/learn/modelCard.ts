/**
 * The card of a model, for people: what it predicts, what it learnt from, how good it is, what to use it for and what not.
 * Source: Mitchell et al. (2019), Model Cards for Model Reporting.
 */
import type { Importance } from '../quality/permutation.ts'
import type { ModelFile, ScorecardFile, Slice } from '../risk/modelFile.ts'

/** What the model file does not say. Texts are Markdown, one line each unless said otherwise. */
export type CardExtra = {
  title: string
  /** How it was fitted: `logistic regression over 40 standardised features, ridge 20`. */
  kind: string
  /** Where the rows come from. */
  learntFrom: string
  /** How the training rows were taken: `every 30 days`. */
  sampling?: string
  /** When the test rows are of: `from 2025-06-24 on`. */
  testRows?: string
  /** What the bands hold: `about the riskiest 10 %, 3 % and 0.5 % of training rows`. */
  bands: string
  /** The commit that trained it. */
  gitCommit?: string
  /** What it is for and what not, any number of lines. */
  use: string
  /** What was left out or joined, and why. */
  notes?: readonly string[]
}

/** What no score of any kind may be used for. */
export const cardUse =
  'It is meant to direct attention, not to decide: no penalty, label or publication may follow from a score alone.'

const featuresMax = 12
const placed = new Set([
  ...['trainAuc', 'testAuc', 'testBrier', 'testRows', 'testPositives'],
  ...['validationAuc', 'validationBrier', 'validationRows'],
])

/** Markdown: a table, how to use it, and the features that count most. The same bytes for the same input. */
export function modelCard(file: ModelFile, extra: CardExtra): string {
  const { training } = file
  const { metrics, slices = [] } = training
  /** What calibrated it: nothing is fitted again of trees from elsewhere. */
  const held = file.kind === 'trees' ? 'calibration' : 'slices'
  const rows: [what: string, text: string | undefined][] = [
    ['What it predicts', file.label],
    ['Kind', extra.kind],
    ['Learnt from', extra.learntFrom],
    [
      file.kind === 'trees' ? 'Calibration rows' : 'Training rows',
      listed([
        `${training.rows}`,
        `${training.positives} positive`,
        `${training.from} to ${training.to}`,
        extra.sampling,
      ]),
    ],
    ['Chosen and calibrated on', chosenOn(slices)],
    ...slices.map((slice, at): [string, string] => [`Slice ${at + 1}`, sliceText(slice)]),
    [
      'Test rows',
      metrics.testRows === undefined
        ? undefined
        : listed([
            `${metrics.testRows}`,
            labelled(metrics.testPositives, (value) => `${value} positive`),
            extra.testRows,
          ]),
    ],
    [
      'AUC',
      listed([
        labelled(metrics.trainAuc, (value) => `training ${value}`),
        labelled(metrics.validationAuc, (value) => `${held} ${value}`),
        labelled(metrics.testAuc, (value) => `test ${value}`),
      ]),
    ],
    [
      'Brier score',
      listed([
        labelled(metrics.validationBrier, (value) => `${held} ${value}`),
        labelled(metrics.testBrier, (value) => `test ${value}`),
      ]),
    ],
    ...Object.entries(metrics)
      .filter(([name]) => !placed.has(name))
      .map(([name, value]): [string, string] => [name, `${value}`]),
    ['Bands', `lower edges ${file.bandEdges.join(', ')}: ${extra.bands}`],
    ['Data hash', training.dataHash],
    ['Git commit', extra.gitCommit],
  ]
  const table = rows.flatMap(([what, text]) => (text === undefined ? [] : [`| ${what} | ${cell(text)} |`])).join('\n')
  const notes = (extra.notes ?? []).map((note) => `- ${note}`).join('\n')
  return `# ${extra.title} (profile ${file.profile})

| | |
|---|---|
${table}

## Use

${extra.use}
${notes === '' ? '' : `\n## Notes\n\n${notes}\n`}
${file.kind === 'scorecard' ? weightsTable(file) : ''}`
}

/** The slices together. */
function chosenOn(slices: readonly Slice[]): string | undefined {
  if (slices.length === 0) return undefined
  const sum = (what: 'rows' | 'positives'): number => slices.reduce((total, slice) => total + slice[what], 0)
  return `${sum('rows')} later rows, ${sum('positives')} positive: each slice scored by a fit on rows whose labels were known before it`
}

function sliceText({ from, to, rows, positives, auc, fitted }: Slice): string {
  const figure = auc === undefined ? '' : `, AUC ${auc}`
  return `${from} to ${to}: ${rows} rows, ${positives} positive${figure}; by a fit on ${fitted.rows} rows, ${fitted.positives} positive, ${fitted.from} to ${fitted.to}`
}

function weightsTable(file: ScorecardFile): string {
  const strongest = strongestWeights(file).slice(0, featuresMax)
  const lines = strongest.map(({ name, value }) => `| ${cell(name)} | ${value.toFixed(3)} |`)
  return `## Strongest weights (log-odds for one standard deviation)

| feature | weight |
|---|---|
${lines.join('\n')}
`
}

/** Parts that are there, with commas; undefined when none is. */
function listed(parts: readonly (string | undefined)[]): string | undefined {
  const some = parts.filter((part) => part !== undefined)
  return some.length === 0 ? undefined : some.join(', ')
}

function labelled(value: number | undefined, text: (value: number) => string): string | undefined {
  return value === undefined ? undefined : text(value)
}

/** A cell ends at a bar or a line break. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll(/\s*\n\s*/g, ' ')
}

/** Lines by weight, products by weight, bins by the distance from their lowest to their highest value. */
export function strongestWeights({ features, scorecard: { weights, terms } }: ScorecardFile): Importance[] {
  const binned = new Set(terms?.bins.map(({ feature }) => feature))
  const all = [
    ...features.map(({ name }, at) => ({ name, value: weights[at] })).filter(({ name }) => !binned.has(name)),
    ...(terms?.interactions ?? []).map(({ features: pair, weight }) => ({ name: pair.join(' x '), value: weight })),
    ...(terms?.bins ?? []).map(({ feature, logOdds }) => ({
      name: `${feature}, from its lowest bin to its highest`,
      value: logOdds[logOdds.length - 1] - logOdds[0],
    })),
  ]
  return all.sort((a, b) => Math.abs(b.value) - Math.abs(a.value))
}
