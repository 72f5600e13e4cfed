/** The detectors that a backtest sets side by side. Each gives every count a value: the higher, the more it calls. */
import {
  boundMean,
  type CountContext,
  type CountDetector,
  type CountPrior,
  type Expectation,
  judge,
} from '../../models/counts/detector.ts'
import { earsC1, earsC2, earsC3 } from '../../models/counts/earsDetectors.ts'
import { ewmaNb } from '../../models/counts/ewmaNb.ts'
import { empiricalPrior } from '../../models/counts/prior.ts'
import { recursiveGlm } from '../../models/counts/recursion.ts'
import { addCount, evidenceIn, slowRise, startStream, streamLength } from '../../models/counts/shiryaevRoberts.ts'
import { addWeek, startTwoWeeks, twoWeeksEvidenceIn, twoWeeksLength } from '../../models/counts/twoWeeks.ts'
import { learnWeekday, weekFactor, weekStateLength } from '../../models/counts/weekday.ts'
import type { Call } from '../../models/quality/episodes.ts'
import { daysOf, type Panel } from './panel.ts'

/** How a count becomes a value, beside what its detector expects. */
type Evidence = {
  readonly length: number
  start(state: Float64Array, offset: number): void
  /** Takes the count; gives its value, > 0. `nodes`: cells that share the limit. */
  take(state: Float64Array, offset: number, expectation: Expectation, counted: { y: number; nodes: number }): number
}
type Judge = {
  readonly baseline: CountDetector
  readonly evidence: Evidence /** Whether what it calls does not teach it. */
  readonly holds: boolean
}

const pMin = 1e-300
/** 1 / p of one tick. */
const oneTick: Evidence = {
  length: 0,
  start: () => {},
  take: (_state, _offset, expectation, { y }) => 1 / Math.max(judge(expectation, y).p, pMin),
}
const streams: Evidence = {
  length: streamLength,
  start: startStream,
  take: (state, offset, expectation, counted) => {
    addCount(state, offset, expectation, counted)
    return evidenceIn(state, offset) / counted.nodes
  },
}
const twoWeeks: Evidence = {
  length: twoWeeksLength,
  start: startTwoWeeks,
  take: (state, offset, expectation, { y }) => {
    addWeek(state, offset, expectation, y)
    return twoWeeksEvidenceIn(state, offset)
  },
}
const slow: Evidence = {
  length: slowRise.length,
  start: slowRise.start,
  take: (state, offset, expectation, { y }) => {
    slowRise.add(state, offset, expectation, { y, nodes: 1 })
    return slowRise.evidenceIn(state, offset)
  },
}

/** `forewarn`: what the program judges by, streams for hours and days, two weeks for weeks. */
export const detectorNames = [
  'forewarn',
  'recursion-p',
  'slow-rise',
  'ears-c1',
  'ears-c2',
  'ears-c3',
  'ewma-nb',
] as const
export type DetectorName = (typeof detectorNames)[number]

function judgeOf(name: DetectorName, tickDays: number): Judge {
  switch (name) {
    case 'forewarn':
      return { baseline: recursiveGlm, evidence: tickDays < 7 ? streams : twoWeeks, holds: true }
    case 'recursion-p':
      return { baseline: recursiveGlm, evidence: oneTick, holds: true }
    case 'slow-rise':
      return { baseline: recursiveGlm, evidence: slow, holds: true }
    case 'ears-c1':
      return { baseline: earsC1, evidence: oneTick, holds: false }
    case 'ears-c2':
      return { baseline: earsC2, evidence: oneTick, holds: false }
    case 'ears-c3':
      return { baseline: earsC3, evidence: oneTick, holds: false }
    case 'ewma-nb':
      return { baseline: ewmaNb, evidence: oneTick, holds: false }
  }
}

/** A count that may call: enough events, more than expected, of a cell that is warm. */
export type Value = Call & { readonly value: number }

export type ValueOptions = {
  /** Ticks that teach a cell before it is judged. */
  readonly warmTicks: number
  /** The least count that may call. */
  readonly countMin: number
}

const priorUnknown: CountPrior = { rate: 0.1, shape: 0.3 }
/** A count less likely than this teaches no more than was expected: of a cell that is warm, for four weeks. */
const heldP = 1e-4
const heldDaysMax = 28
const weekKeep = 0.985

/** Values in order of cell, then tick. Ticks are judged before they teach, and nothing that lies after a tick changes its value. */
export function valuesOf(panel: Panel, name: DetectorName, { warmTicks, countMin }: ValueOptions): Value[] {
  const tickDays = daysOf(panel.calendar)
  const { baseline, evidence, holds } = judgeOf(name, tickDays)
  const { cells, calendar, firstTick } = panel
  const each = baseline.stateLength + evidence.length
  const state = new Float64Array(cells.length * each)
  const seen = cells.map(() => ({ count: 0, exposure: 0, ticks: 0, held: 0 }))
  const groups = [...new Set(cells.map(({ group }) => group))].map((group) =>
    cells.flatMap((cell, index) => (cell.group === group ? [index] : [])),
  )
  const rhythm = new Float64Array(weekStateLength(calendar.phasesPerWeek))
  const found: Value[] = []
  for (const cell of cells.keys()) {
    baseline.start(state, cell * each)
    evidence.start(state, cell * each + baseline.stateLength)
  }
  for (let tick = 0; tick < panel.ticks; tick++) {
    const phase = calendar.weekPhase(firstTick + tick)
    const factor = calendar.phasesPerWeek === 1 ? 1 : weekFactor(rhythm, phase)
    const sharing = nodesByAxis(cells, (cell) => seen[cell].count)
    let total = 0
    for (const group of groups) {
      const prior = priorOf(group.map((cell) => seen[cell]))
      for (const index of group) {
        const cell = cells[index]
        if (cell.known[tick] === 0) continue
        const nodes = sharing.get(cell.axis) ?? 1
        const [y, exposure] = [cell.counts[tick], boundMean(cell.exposure?.[tick] ?? 1)]
        const context = contextOf(panel, { tick, exposure, prior, factor, tickDays })
        const offset = index * each
        const expectation = baseline.expect(state, offset, context)
        const value = evidence.take(state, offset + baseline.stateLength, expectation, { y, nodes })
        const { count, ticks, held, ...own } = seen[index]
        const isWarm = ticks >= warmTicks
        const isEnough = y >= countMin && y > expectation.mean && cell.mayCall?.[tick] !== 0
        if (isEnough && isWarm) found.push({ subject: index, tick, value })
        const isHeld = holds && isWarm && isUnlikely(expectation, y) && held * tickDays < heldDaysMax
        const learnt = isHeld ? Math.min(y, Math.round(expectation.mean)) : y
        baseline.learn(state, offset, context, learnt)
        seen[index] = {
          count: count + learnt,
          exposure: own.exposure + exposure,
          ticks: ticks + 1,
          held: isUnlikely(expectation, y) ? held + 1 : 0,
        }
        total += y
      }
    }
    if (calendar.phasesPerWeek > 1) learnWeekday(rhythm, phase, total, weekKeep)
  }
  return found.sort((a, b) => a.subject - b.subject || a.tick - b.tick)
}

/** Cells of each axis that have had three events: they share its limit. */
function nodesByAxis(cells: Panel['cells'], countOf: (cell: number) => number): ReadonlyMap<string, number> {
  const found = new Map<string, number>()
  for (const [cell, { axis }] of cells.entries()) if (countOf(cell) >= 3) found.set(axis, (found.get(axis) ?? 0) + 1)
  return found
}

function isUnlikely(expectation: Expectation, y: number): boolean {
  return y > expectation.mean && judge(expectation, y).p < heldP
}

function priorOf(siblings: readonly { count: number; exposure: number }[]): CountPrior {
  return siblings.some(({ exposure }) => exposure > 0) ? empiricalPrior(siblings) : priorUnknown
}

function contextOf(
  { calendar: { ticksPerYear }, firstTick }: Panel,
  at: { tick: number; exposure: number; prior: CountPrior; factor: number; tickDays: number },
): CountContext {
  const { tick, exposure, prior, factor, tickDays } = at
  const place = (firstTick + tick) % ticksPerYear
  return {
    tick,
    yearPhase: (place < 0 ? place + ticksPerYear : place) / ticksPerYear,
    weekFactor: factor,
    exposure,
    prior,
    seasonKnown: tick >= ticksPerYear,
    tickDays,
  }
}
