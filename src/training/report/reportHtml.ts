/** An evaluation as one page that a person reads: no script, nothing fetched, fit for screen and paper. */
import type { GroupQuality } from '../../../models/quality/evaluation.ts'
import type { GateName } from '../../../models/quality/gates.ts'
import { fillIn } from '../../words.ts'
import type { ModelEvaluation } from '../evaluateModels.ts'
import { calibrationPlot } from './calibrationPlot.ts'
import { type Facts, factsTable } from './facts.ts'
import { chosenShare, count, dash, decimal, intervalOf, percent } from './format.ts'
import { gradesPlot, monthsPlot } from './groupPlots.ts'
import { groupTable } from './groupTable.ts'
import { Html, html, type Part } from './html.ts'
import { gainsPlot, precisionRecallPlot, rocPlot } from './orderPlots.ts'
import { style } from './style.ts'
import { bandsTable, figuresTable, gatesTable, importanceTable, psiTable } from './tables.ts'
import { type Words, wordsOf } from './words.ts'

export type ReportOptions = Facts & {
  readonly title: string
  /** `en` or `zh`; English for any other. */
  readonly language: string
  /** Names to show for codes; the code itself where there is none. */
  readonly names?: {
    readonly region?: (code: string) => string
    readonly industry?: (code: string) => string
    readonly grade?: (code: string) => string
    readonly band?: (code: string) => string
    readonly feature?: (name: string) => string
  }
}

/** A whole HTML document. The same evaluation gives the same text. */
export function reportHtml(evaluation: ModelEvaluation, options: ReportOptions): string {
  const { title, language, names = {} } = options
  const words = wordsOf(language)
  const shown = named(evaluation, names)
  const { notes, sections, columns } = words
  const groupNote = fillIn(notes.groups, { share: chosenShare(evaluation.highShare) })
  const groups = (heading: string, column: string, some: readonly GroupQuality[]): Html | undefined =>
    some.length === 0 ? undefined : section(heading, groupNote, groupTable(heading, column, some, words))
  const page = html`<!doctype html>
<html lang="${words.language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${title}</title><style>${new Html(style)}</style></head><body><main>
${top(shown, title, words)}
${section(sections.facts, undefined, factsTable(shown, options, words))}
${section(sections.gates, notes.gates, gatesTable(shown.gates, words))}
${section(sections.figures, notes.figures, figuresTable(shown, words))}
${section(sections.bands, notes.bands, bandsTable(shown, words))}
${section(sections.importance, notes[shown.importance.by], importanceTable(shown.importance, words))}
${section(sections.order, undefined, html`<div class="plots">${rocPlot(shown, words)}${precisionRecallPlot(shown, words)}</div>`)}
${section(sections.calibration, undefined, html`<div class="plots"><div>${calibrationPlot(shown, words)}</div><div>${gainsPlot(shown, words)}</div></div>`)}
${section(sections.grades, undefined, [gradesPlot(shown.byGrade, words), groupTable(sections.grades, columns.grade, shown.byGrade, words)])}
${section(sections.months, undefined, [monthsPlot(shown.byMonth, words), groupTable(sections.months, columns.month, shown.byMonth, words)])}
${groups(sections.regions, columns.region, shown.byRegion)}
${groups(sections.industries, columns.industry, shown.byIndustry)}
${section(sections.psi, notes.psi, psiTable(shown, words))}
</main></body></html>
`
  return page.markup
}

function top(evaluation: ModelEvaluation, title: string, words: Words): Html {
  const { candidate, others, rows, positives, from, to, highShare, resampling } = evaluation
  const { auc, lift, firstHalf, brier, calibrationSlope } = candidate.figures
  const headline =
    auc === undefined ? words.headlineNone : fillIn(words.headline, { auc: String(Math.round(100 * auc.value)) })
  const found =
    lift === undefined
      ? ''
      : fillIn(words.found, {
          share: chosenShare(highShare),
          recall: percent(lift.value * highShare, 0),
          lift: decimal(lift.value, 1),
          half: percent(firstHalf?.value, 0),
        })
  const card = (name: string, value: string, interval: string): Html =>
    html`<div class="card"><span>${name}</span><b>${value}</b><span>${interval}</span></div>`
  const figureCard = (name: string, figure: typeof auc, format: (value: number) => string): Html =>
    card(name, figure === undefined ? dash : format(figure.value), intervalOf(figure, words.to, format))
  const refusing = [candidate, ...others.map(({ model }) => model)].filter(({ refused }) => refused > 0)
  return html`<header><h1>${title}</h1><p class="headline">${headline}</p><p class="lead">${found}</p>${worstGradeLine(evaluation, words)}${verdict(evaluation, words)}
<div class="cards">${figureCard('AUC', auc, decimal)}
${figureCard(fillIn(words.figures.lift[0], { share: chosenShare(highShare) }), lift, (value) => decimal(value, 2))}
${figureCard(words.figures.firstHalf[0], firstHalf, percent)}
${figureCard(words.figures.brier[0], brier, (value) => decimal(value, 4))}
${figureCard(words.figures.calibrationSlope[0], calibrationSlope, (value) => decimal(value, 2))}</div>
<p class="about">${fillIn(words.about, { rows: count(rows), positives: count(positives), rate: percent(positives / rows), from, to })}
${fillIn(words.resampled, { level: percent(resampling.level, 0), draws: count(resampling.draws), clusters: count(resampling.clusters), seed: resampling.seed })}
${refusing.map(({ name, refused }) => fillIn(words.refused, { name, refused: count(refused) }))}</p></header>`
}

function worstGradeLine({ worstGrade }: ModelEvaluation, words: Words): Html | undefined {
  if (worstGrade?.lift === undefined) return undefined
  const { name, share, lift, own } = worstGrade
  const values = { share: percent(share), grade: name, lift: decimal(lift, 1), own: decimal(own, 1) }
  return html`<p class="note">${fillIn(words.worstGrade, values)}</p>`
}

function verdict({ gates }: ModelEvaluation, words: Words): Html {
  const failed = gates.filter(({ passed }) => passed === false)
  const passed = gates.filter((gate) => gate.passed === true)
  if (failed.length === 0) return html`<p class="verdict good">✓ ${fillIn(words.passes, { gates: passed.length })}</p>`
  const list = failed.map(({ name }) => words.gates[name]).join('; ')
  return html`<p class="verdict act">✗ ${fillIn(words.fails, { gates: gates.length, failed: failed.length, names: list })}</p>`
}

function section(heading: string, note: string | undefined, content: Part): Html {
  return html`<section><h2>${heading}</h2>${note === undefined ? undefined : html`<p class="note">${note}</p>`}${content}</section>`
}

/** The evaluation with names in the place of codes. */
function named(
  evaluation: ModelEvaluation,
  { region, industry, grade, band, feature }: NonNullable<ReportOptions['names']>,
): ModelEvaluation {
  const rename = <T extends { name: string }>(all: readonly T[], nameOf = (code: string): string => code): T[] =>
    all.map((one) => ({ ...one, name: nameOf(one.name) }))
  const ofGate: Partial<Record<GateName, (code: string) => string>> = {
    ...(region === undefined ? {} : { regionRecall: region }),
    ...(feature === undefined ? {} : { featurePsi: feature }),
  }
  const { worstGrade, importance, psi } = evaluation
  return {
    ...evaluation,
    gates: evaluation.gates.map((gate) => {
      const nameOf = ofGate[gate.name]
      return gate.of === undefined || nameOf === undefined ? gate : { ...gate, of: nameOf(gate.of) }
    }),
    worstGrade: worstGrade && { ...worstGrade, name: grade?.(worstGrade.name) ?? worstGrade.name },
    bands: rename(evaluation.bands, band),
    importance: { ...importance, features: rename(importance.features, feature) },
    byRegion: rename(evaluation.byRegion, region),
    byIndustry: rename(evaluation.byIndustry, industry),
    byGrade: rename(evaluation.byGrade, grade),
    psi: psi && { ...psi, features: rename(psi.features, feature) },
  }
}
