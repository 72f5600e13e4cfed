/** Scores of each grade as boxes, and the AUC of each month. */
import type { GroupQuality } from '../../../models/quality/evaluation.ts'
import { decimal, percent, withInterval } from './format.ts'
import { figure, niceUp, picture, plot, polyline, scalesOf } from './frame.ts'
import { type Html, html } from './html.ts'
import type { Words } from './words.ts'

const boxHeight = 34
const width = 960

export function gradesPlot(groups: readonly GroupQuality[], words: Words): Html {
  const to = Math.min(1, niceUp(Math.max(0.01, ...groups.flatMap(({ scores, observed }) => [...scores, observed]))))
  const height = groups.length * boxHeight + 58
  const format = (value: number): string => percent(value, to < 0.1 ? 1 : 0)
  const x = { label: words.axes.score, to, format }
  const scales = scalesOf({ width, height, x, y: { label: '', to: groups.length, format } })
  const description = groups
    .map(({ name, scores }) => `${name}: ${words.columns.median} ${percent(scores[2])}`)
    .join('; ')
  const ticks = [0, 0.2, 0.4, 0.6, 0.8, 1].map((share) => share * to)
  const drawn = picture({ id: 'grades', title: words.plots.grades, description }, width, height, [
    ticks.map(
      (
        value,
      ) => html`<line class="grid" x1="${scales.x(value)}" x2="${scales.x(value)}" y1="${scales.top}" y2="${scales.bottom}"/>
<text x="${scales.x(value)}" y="${scales.bottom + 18}" text-anchor="middle">${format(value)}</text>`,
    ),
    html`<text x="${(scales.left + scales.right) / 2}" y="${scales.bottom + 38}" text-anchor="middle">${words.axes.score}</text>`,
    groups.map(({ name, scores, observed }, at) => {
      const middle = scales.top + (at + 0.5) * boxHeight
      const [low, from, median, end, high] = scores.map(scales.x)
      const seen = scales.x(observed)
      return html`<text class="name" x="${scales.left - 10}" y="${middle + 4}" text-anchor="end">${name}</text>
<line class="whisker" x1="${low}" x2="${high}" y1="${middle}" y2="${middle}"/>
<rect class="box" x="${from}" width="${Math.max(1, end - from)}" y="${middle - 9}" height="18"/>
<line class="median" x1="${median}" x2="${median}" y1="${middle - 9}" y2="${middle + 9}"/>
<path class="diamond" d="M${seen} ${middle - 7}l6 7l-6 7l-6 -7z"/>`
    }),
  ])
  return figure(words.plots.grades, words.notes.grades, drawn)
}

export function monthsPlot(groups: readonly GroupQuality[], words: Words): Html {
  const bounds = groups.flatMap(({ auc }) => (auc === undefined ? [] : [auc.low ?? auc.value, auc.high ?? auc.value]))
  const from = Math.min(0.5, Math.floor(Math.min(1, ...bounds) * 10) / 10)
  const to = Math.max(0.6, Math.min(1, Math.ceil(Math.max(0, ...bounds) * 10) / 10))
  const format = (value: number): string => decimal(value, 2)
  const y = { label: words.axes.auc, from, to, format }
  const x = { label: '', from: -0.5, to: Math.max(1, groups.length) - 0.5, format: (): string => '' }
  const description = groups.map(({ name, auc }) => `${name}: ${withInterval(auc, words.to, decimal)}`).join('; ')
  const every = Math.ceil(groups.length / 12)
  const drawn = plot({ id: 'months', title: words.plots.months, description, width, height: 260, x, y }, (scales) => [
    polyline(
      scales,
      groups.flatMap(({ auc }, at) => (auc === undefined ? [] : [{ x: at, y: auc.value }])),
      'line s0',
    ),
    groups.map(({ name, auc }, at) => {
      const label = html`<text x="${scales.x(at)}" y="${scales.bottom + 18}" text-anchor="middle">${at % every === 0 ? name : ''}</text>`
      if (auc === undefined) return label
      const [low, high] = [auc.low ?? auc.value, auc.high ?? auc.value].map(scales.y)
      return html`${label}<line class="whisker" x1="${scales.x(at)}" x2="${scales.x(at)}" y1="${low}" y2="${high}"/>
<circle class="dot" r="4.5" cx="${scales.x(at)}" cy="${scales.y(auc.value)}"/>`
    }),
  ])
  return figure(words.plots.months, words.notes.months, drawn)
}
