/** Predicted against observed, with the number of rows at each score below. */
import type { Curves, Evaluation } from '../../../models/quality/evaluation.ts'
import { count, decimal, percent } from './format.ts'
import { figure, niceUp, picture, plot, polyline, round, type Scales, scalesOf } from './frame.ts'
import { type Html, html } from './html.ts'
import { table } from './table.ts'
import type { Words } from './words.ts'

const normal95 = 1.96
const histogramHeight = 110

export function calibrationPlot({ candidate }: Evaluation, words: Words): Html {
  const { calibration, histogram } = candidate.curves
  const bins = calibration.map((bin) => ({ ...bin, ...wilson(bin.observed, bin.rows) }))
  const to = Math.min(1, niceUp(Math.max(histogram.to, ...bins.map(({ high }) => high))))
  const format = (value: number): string => percent(value, to < 0.1 ? 1 : 0)
  const { calibrationSlope, calibrationError } = candidate.figures
  const description = `${words.figures.calibrationSlope[0]} ${decimal(calibrationSlope?.value, 2)}, ${words.figures.calibrationError[0]} ${decimal(calibrationError?.value)}`
  const x = { label: words.axes.predicted, to, format }
  const drawn = plot(
    {
      id: 'calibration',
      title: words.plots.calibration,
      description,
      x,
      y: { label: words.axes.observed, to, format },
    },
    (scales) => [
      polyline(
        scales,
        [0, to].map((at) => ({ x: at, y: at })),
        'reference',
      ),
      bins.map(
        ({ predicted, low, high }) =>
          html`<line class="whisker" x1="${scales.x(predicted)}" x2="${scales.x(predicted)}" y1="${scales.y(low)}" y2="${scales.y(high)}"/>`,
      ),
      polyline(
        scales,
        bins.map(({ predicted, observed }) => ({ x: predicted, y: observed })),
        'line s0',
      ),
      bins.map(
        ({ predicted, observed }) =>
          html`<circle class="dot" r="4.5" cx="${scales.x(predicted)}" cy="${scales.y(observed)}"/>`,
      ),
    ],
  )
  return html`${figure(words.plots.calibration, words.notes.calibration, drawn, histogramPlot(histogram, to, words))}
<details><summary>${words.numbers}: ${words.plots.calibration}</summary>${table(
    words.plots.calibration,
    [
      { name: words.columns.predicted },
      { name: words.columns.observed, right: true },
      { name: '95 %', right: true },
      { name: words.columns.rows, right: true },
    ],
    bins.map(({ predicted, observed, low, high, rows }) => [
      percent(predicted),
      percent(observed),
      `${percent(low)} ${words.to} ${percent(high)}`,
      count(rows),
    ]),
  )}</details>`
}

/** Bars of the rows with the outcome stand on those without. */
function histogramPlot({ to: histogramTo, positives, negatives }: Curves['histogram'], to: number, words: Words): Html {
  const largest = Math.max(1, ...positives.map((rows, bin) => rows + negatives[bin]))
  const format = (): string => ''
  const scales = scalesOf({
    height: histogramHeight + 46,
    x: { label: '', to, format },
    y: { label: '', to: largest, format },
  })
  const title = `${words.axes.rows}: ${words.axes.predicted}`
  const bar = (className: string, bin: number, from: number, rows: number): Html => {
    const width = (scales.x(histogramTo) - scales.left) / positives.length
    const [top, bottom] = [scales.y(from + rows), scales.y(from)]
    return html`<rect class="${className}" x="${round(scales.left + bin * width + 0.5)}" width="${round(Math.max(1, width - 1))}" y="${top}" height="${round(bottom - top)}"/>`
  }
  return picture(
    { id: 'histogram', title, description: `${words.positive} / ${words.negative}` },
    460,
    histogramHeight + 4,
    [
      html`<line class="grid" x1="${scales.left}" x2="${scales.right}" y1="${scales.bottom}" y2="${scales.bottom}"/>`,
      axisOf(scales, largest, words),
      negatives.map((rows, bin) => bar('negatives', bin, 0, rows)),
      positives.map((rows, bin) => bar('positives', bin, negatives[bin], rows)),
      html`<rect class="positives" x="${scales.right - 150}" y="${scales.top}" width="10" height="10"/><text x="${scales.right - 135}" y="${scales.top + 9}">${words.positive}</text>
<rect class="negatives" x="${scales.right - 150}" y="${scales.top + 17}" width="10" height="10"/><text x="${scales.right - 135}" y="${scales.top + 26}">${words.negative}</text>`,
    ],
  )
}

function axisOf(scales: Scales, largest: number, words: Words): Html {
  return html`<text x="${scales.left - 8}" y="${scales.y(largest) + 9}" text-anchor="end">${count(largest)}</text>
<text transform="translate(14 ${(scales.top + scales.bottom) / 2}) rotate(-90)" text-anchor="middle">${words.axes.rows}</text>`
}

/** Wilson's interval of a share (Wilson 1927), 95 %. */
function wilson(share: number, rows: number): { low: number; high: number } {
  const squared = normal95 * normal95
  const centre = (share + squared / (2 * rows)) / (1 + squared / rows)
  const half = (normal95 * Math.sqrt((share * (1 - share)) / rows + squared / (4 * rows * rows))) / (1 + squared / rows)
  return { low: Math.max(0, centre - half), high: Math.min(1, centre + half) }
}
