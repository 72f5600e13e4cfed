/** Detectors side by side on one panel, each at the limit at which it gives as many false episodes a week as the others. */
import { type DetectorName, type Value, type ValueOptions, valuesOf } from './detectors.ts'
import type { Panel, PanelOutbreak } from './panel.ts'
import { type Estimate, type Found, Scene, type Score, shareOf } from './score.ts'

export type BacktestOptions = ValueOptions & {
  readonly detectors: readonly DetectorName[]
  /** False episodes a week, over all cells together. */
  readonly falsePerWeek: readonly number[]
}

export type Group = { name: string; pod: Estimate }
export type DetectorScore = { detector: DetectorName; limit: number } & Score & { bySize: Group[]; byKind: Group[] }
export type BacktestResult = {
  /** What the panel is. */
  about: {
    unit: string
    from: string
    to: string
    ticks: number
    cells: number
    regions: number
    counted: number
    missing: number
    outbreaks: number
    weeks: number
  }
  settings: { warmTicks: number; countMin: number }
  at: { falsePerWeek: number; detectors: DetectorScore[] }[]
  /** What to bear in mind. */
  notes: string[]
}

const steps = 48
/** An outbreak's counts over the usual ones of its cells. */
const sizes = [
  { name: 'below 1.5 times', below: 1.5 },
  { name: '1.5 to 3 times', below: 3 },
  { name: '3 times and more', below: Number.POSITIVE_INFINITY },
] as const

export function backtest(panel: Panel, options: BacktestOptions): BacktestResult {
  const scene = new Scene(panel, options.warmTicks)
  const values = options.detectors.map((name) => ({ name, values: valuesOf(panel, name, options) }))
  const ratios = new Map(panel.outbreaks.map((outbreak) => [outbreak, ratioOf(panel, outbreak)]))
  const at = options.falsePerWeek.map((falsePerWeek) => ({
    falsePerWeek,
    detectors: values.map((one) => scored(scene, one, falsePerWeek, ratios)),
  }))
  const about = aboutOf(scene)
  return {
    about,
    settings: { warmTicks: options.warmTicks, countMin: options.countMin },
    at,
    notes: notesOf(about, options),
  }
}

function scored(
  scene: Scene,
  { name, values }: { name: DetectorName; values: readonly Value[] },
  falsePerWeek: number,
  ratios: ReadonlyMap<PanelOutbreak, number>,
): DetectorScore {
  const limit = limitAt(scene, values, falsePerWeek)
  const { score, found } = scene.score(values.filter(({ value }) => value > limit))
  const bySize = sizes.flatMap(({ name: size, below }, at) => {
    const from = at === 0 ? 0 : sizes[at - 1].below
    return groupOf(
      size,
      found.filter(({ outbreak }) => isWithin(ratios.get(outbreak) ?? 0, from, below)),
    )
  })
  const kinds = [...new Set(found.map(({ outbreak }) => outbreak.kind))].sort()
  const byKind = kinds.flatMap((kind) =>
    groupOf(
      kind,
      found.filter(({ outbreak }) => outbreak.kind === kind),
    ),
  )
  return { detector: name, limit, ...score, bySize, byKind }
}

const isWithin = (value: number, from: number, below: number): boolean => value >= from && value < below

function groupOf(name: string, found: readonly Found[]): Group[] {
  const pod = shareOf(found.filter((one) => one.found).length, found.length)
  return pod === undefined ? [] : [{ name, pod }]
}

/** The lowest limit with no more false episodes a week than asked for, by bisection of its logarithm. */
export function limitAt(scene: Scene, values: readonly Value[], falsePerWeek: number): number {
  const largest = values.reduce((most, { value }) => Math.max(most, value), 1)
  let [low, high] = [-7, Math.log(largest) + 1e-9]
  for (let step = 0; step < steps; step++) {
    const middle = (low + high) / 2
    const limit = Math.exp(middle)
    if (scene.falsePerWeek(values.filter(({ value }) => value > limit)) > falsePerWeek) low = middle
    else high = middle
  }
  return Math.exp(high)
}

/** Counts in an outbreak over those that its cells usually have in so many ticks; 0 where nothing is usual. */
function ratioOf({ cells, ticks }: Panel, { own, near, from, to }: PanelOutbreak): number {
  let [inside, insideTicks, outside, outsideTicks] = [0, 0, 0, 0]
  for (const index of own.size > 0 ? own : near) {
    const { counts, known } = cells[index]
    for (let tick = 0; tick < ticks; tick++) {
      if (known[tick] === 0) continue
      if (isWithin(tick, from, to + 1)) {
        inside += counts[tick]
        insideTicks++
      } else {
        outside += counts[tick]
        outsideTicks++
      }
    }
  }
  if (insideTicks === 0 || outsideTicks === 0) return 0
  return outside === 0 ? sizes[2].below : inside / insideTicks / (outside / outsideTicks)
}

function aboutOf({ panel, weeks, regions }: Scene): BacktestResult['about'] {
  const { calendar, firstTick, ticks, cells, outbreaks } = panel
  let [counted, missing] = [0, 0]
  for (const { counts, known } of cells) {
    counted += counts.reduce((sum, count) => sum + count, 0)
    const [from, to] = [known.indexOf(1), known.lastIndexOf(1)]
    if (from >= 0) missing += known.subarray(from, to + 1).filter((one) => one === 0).length
  }
  const [from, to] = [calendar.label(firstTick), calendar.label(firstTick + ticks - 1)]
  return {
    unit: calendar.unit,
    from,
    to,
    ticks,
    cells: cells.length,
    regions,
    counted,
    missing,
    outbreaks: outbreaks.length,
    weeks,
  }
}

function notesOf(about: BacktestResult['about'], { falsePerWeek }: BacktestOptions): string[] {
  const expected = Math.min(...falsePerWeek) * about.weeks
  return [
    ...(about.counted === 0 ? ['Nothing was counted: nothing can be judged.'] : []),
    ...(about.outbreaks === 0 ? ['No outbreak is known in these counts: what is found of them cannot be told.'] : []),
    ...(about.missing > 0 ? [`${about.missing} ticks of cells have no row: they were neither judged nor learnt.`] : []),
    ...(expected < 1
      ? [
          `In ${about.weeks.toFixed(0)} weeks the lowest number of false episodes a week allows none at all: take the figures at higher ones.`,
        ]
      : []),
  ]
}
