/** A backtest as one page that a person reads: no script, nothing fetched. */
import { count, dash, decimal, percent } from '../training/report/format.ts'
import { figure, legend, plot, polyline } from '../training/report/frame.ts'
import { Html, html, type Part } from '../training/report/html.ts'
import { style } from '../training/report/style.ts'
import { Bar, table } from '../training/report/table.ts'
import type { BacktestResult, DetectorScore } from './backtest.ts'
import type { Estimate } from './score.ts'

const lines = ['line s0', 'line s1', 'line s2'] as const

/** A whole HTML document. The same result gives the same text. */
export function backtestHtml(result: BacktestResult, title: string): string {
  const { about, at, notes, settings } = result
  const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${title}</title><style>${new Html(style)}</style></head><body><main>
<header><h1>${title}</h1><p class="headline">${headline(result)}</p>
<p class="lead">${count(about.cells)} cells over ${count(about.ticks)} ${about.unit}s, ${about.from} to ${about.to}: ${count(about.counted)} events, ${count(about.outbreaks)} known outbreaks.</p>
${notes.map((note) => html`<p class="note">${note}</p>`)}</header>
${at.some(({ detectors }) => detectors.some(({ pod }) => pod !== undefined)) ? section('Outbreaks found', 'The more false alarms are borne, the more outbreaks are found. A detector is better where its line is higher.', curve(result)) : undefined}
${at.map(({ falsePerWeek, detectors }) =>
  section(
    `At ${falsePerWeek} false episodes a week`,
    'Each detector has the limit at which it gives as many false episodes as the others, or a little fewer. Numbers after ± are one standard error.',
    [
      scoresTable(detectors, about.unit),
      groupsTable('By size', detectors, ({ bySize }) => bySize),
      groupsTable('By kind', detectors, ({ byKind }) => byKind),
    ],
  ),
)}
${section('How it was judged', undefined, html`<p>A cell teaches for ${settings.warmTicks} ${about.unit}s before it is judged; a count below ${settings.countMin} never calls. Each ${about.unit} is judged by what came before it alone. What the figures mean: docs/warnings.md, "How good would it have been".</p>`)}
</main></body></html>
`
  return page.markup
}

function section(heading: string, note: string | undefined, content: Part): Html {
  return html`<section><h2>${heading}</h2>${note === undefined ? undefined : html`<p class="note">${note}</p>`}${content}</section>`
}

function headline({ at, about }: BacktestResult): string {
  const last = at.at(-1)
  const first = last?.detectors[0]
  if (last === undefined || first?.pod === undefined)
    return `${first?.episodes ?? 0} episodes in ${about.weeks.toFixed(0)} weeks, and no known outbreak to hold them against`
  return `${percent(first.pod.value, 0)} of ${first.pod.of} outbreaks found at ${last.falsePerWeek} false episodes a week`
}

function scoresTable(detectors: readonly DetectorScore[], unit: string): Html {
  const right = (name: string) => ({ name, right: true })
  return table(
    'Detectors side by side',
    [
      { name: 'Detector' },
      ...[
        'Found',
        'In its own cell',
        `Delay, ${unit}s`,
        `Lead, ${unit}s`,
        'Precision',
        'False a week',
        'Episodes a week and region',
        'Limit',
      ].map(right),
    ],
    detectors.map(({ detector, pod, exact, delay, lead, precision, falsePerWeek, perWeekRegion, limit }) => [
      detector,
      new Bar(share(pod), pod?.value),
      share(exact),
      mean(delay),
      mean(lead),
      share(precision),
      decimal(falsePerWeek, 2),
      decimal(perWeekRegion, 3),
      limit.toPrecision(3),
    ]),
  )
}

function groupsTable(
  caption: string,
  detectors: readonly DetectorScore[],
  of: (one: DetectorScore) => DetectorScore['bySize'],
): Part {
  const names = [...new Set(detectors.flatMap((one) => of(one).map(({ name }) => name)))]
  if (names.length === 0) return undefined
  return html`<h3>${caption}</h3>${table(
    caption,
    [{ name: 'Detector' }, ...names.map((name) => ({ name, right: true }))],
    detectors.map((one) => [
      one.detector,
      ...names.map((name) => share(of(one).find((group) => group.name === name)?.pod)),
    ]),
  )}`
}

const share = (estimate: Estimate | undefined): string =>
  estimate === undefined ? dash : `${percent(estimate.value)} ± ${decimal(100 * estimate.se, 1)} of ${estimate.of}`
const mean = (estimate: Estimate | undefined): string =>
  estimate === undefined ? dash : `${decimal(estimate.value, 1)} ± ${decimal(estimate.se, 1)}`

/** POD of the first three detectors against false episodes a week. */
function curve({ at }: BacktestResult): Html {
  const shown = (at[0]?.detectors ?? []).slice(0, lines.length).map(({ detector }) => detector)
  const to = Math.max(...at.map(({ falsePerWeek }) => falsePerWeek))
  const pointsOf = (name: string) =>
    at.flatMap(({ falsePerWeek, detectors }) => {
      const pod = detectors.find(({ detector }) => detector === name)?.pod
      return pod === undefined ? [] : [{ x: falsePerWeek, y: pod.value }]
    })
  const description = shown
    .map(
      (name) =>
        `${name}: ${pointsOf(name)
          .map(({ x, y }) => `${percent(y, 0)} at ${x}`)
          .join(', ')}`,
    )
    .join('; ')
  const drawn = plot(
    {
      id: 'found',
      title: 'Outbreaks found',
      description,
      x: { label: 'false episodes a week', to, format: (value) => decimal(value, 2) },
      y: { label: 'outbreaks found', to: 1, format: (value) => percent(value, 0) },
    },
    (scales) => shown.map((name, index) => polyline(scales, pointsOf(name), lines[index])),
  )
  return figure(
    'Outbreaks found',
    'Straight lines join the figures of the tables below.',
    drawn,
    legend(shown.map((name, index) => ({ name, className: lines[index] }))),
  )
}
