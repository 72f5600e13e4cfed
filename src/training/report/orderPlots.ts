/** How well the order is: ROC, precision and recall, and what checking from the top pays; models in one picture. */
import type { Evaluation, ModelQuality } from '../../../models/quality/evaluation.ts'
import { chosenShare, decimal, percent } from './format.ts'
import { type Axis, figure, type LegendEntry, legend, plot, polyline } from './frame.ts'
import { type Html, html } from './html.ts'
import { table } from './table.ts'
import type { Words } from './words.ts'

type CurveName = 'roc' | 'precisionRecall' | 'gains'
type Named = { name: string; value: (model: ModelQuality) => string }

const whole = (value: number): string => percent(value, 0)
const axis = (label: string): Axis => ({ label, to: 1, format: whole })
const liftShares = [0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5]

export function rocPlot(evaluation: Evaluation, words: Words): Html {
  const diagonal = [0, 1].map((at) => ({ x: at, y: at }))
  return curvePlot(evaluation, words, 'roc', [words.axes.falsePositives, words.axes.truePositives], diagonal, {
    name: 'AUC',
    value: ({ figures }) => decimal(figures.auc?.value),
  })
}

export function precisionRecallPlot(evaluation: Evaluation, words: Words): Html {
  const rate = evaluation.candidate.positives / evaluation.candidate.rows
  const level = [0, 1].map((x) => ({ x, y: rate }))
  return curvePlot(evaluation, words, 'precisionRecall', [words.axes.recall, words.axes.precision], level, {
    name: words.figures.averagePrecision[0],
    value: ({ figures }) => decimal(figures.averagePrecision?.value),
  })
}

export function gainsPlot(evaluation: Evaluation, words: Words): Html {
  const diagonal = [0, 1].map((at) => ({ x: at, y: at }))
  const drawn = curvePlot(evaluation, words, 'gains', [words.axes.examined, words.axes.found], diagonal, {
    name: words.columns.lift,
    value: ({ figures }) => `${decimal(figures.lift?.value, 2)} @ ${chosenShare(evaluation.highShare)}`,
  })
  const gains = evaluation.candidate.curves.gains ?? []
  const rows = gains.filter(({ x }) => liftShares.includes(x))
  return html`${drawn}${
    rows.length === 0
      ? undefined
      : html`<details><summary>${words.numbers}: ${words.plots.gains}</summary>${table(
          words.plots.gains,
          [
            { name: words.columns.share },
            { name: words.axes.found, right: true },
            { name: words.columns.lift, right: true },
          ],
          rows.map(({ x, y }) => [percent(x, 0), percent(y), decimal(y / x, 2)]),
        )}</details>`
  }`
}

function curvePlot(
  { candidate, others }: Evaluation,
  words: Words,
  curve: CurveName,
  [x, y]: readonly [string, string],
  reference: readonly { x: number; y: number }[],
  measure: Named,
): Html {
  const models = [candidate, ...others.map(({ model }) => model)]
  const entries = models.map((model, at): LegendEntry & { model: ModelQuality } => ({
    model,
    name: `${model.name}: ${measure.name} ${measure.value(model)}`,
    className: `line s${Math.min(at, 2)}`,
  }))
  const description = `${words.notes[curve]} ${entries.map(({ name }) => name).join('; ')}`
  return figure(
    words.plots[curve],
    words.notes[curve],
    plot({ id: curve, title: words.plots[curve], description, x: axis(x), y: axis(y) }, (scales) => [
      polyline(scales, reference, 'reference'),
      // The candidate is drawn last, above the others.
      ...entries.toReversed().map(({ model, className }) => {
        const points = model.curves[curve]
        return points === undefined ? undefined : polyline(scales, points, className)
      }),
    ]),
    legend(entries),
  )
}
