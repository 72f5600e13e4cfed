/**
 * The Numenta Anomaly Benchmark: 58 series of measurements, most of them no counts, with 116 labelled windows. Reported, whatever it is: our
 * detectors are made for counts of many cells. Each series becomes two counts a row, how far it lies above and below what its first
 * rows had, and its score is the larger evidence of the two streams. Scored as NAB's standard profile is: the first detection in a window
 * counts the more the earlier it is, one outside costs .11, a window that is missed 1; one threshold over all series, chosen for the best score.
 * A detection is the first row of an episode, as a warning is raised once: rows above the threshold no more than 100 apart are one.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { z } from 'zod'
import { recursiveGlm } from '../models/counts/recursion.ts'
import { addCount, evidenceIn, streamLength } from '../models/counts/shiryaevRoberts.ts'
import { type BenchOptions, printResult } from './options.ts'

const folder = path.resolve(import.meta.dirname, '../../shared/data/nab')
const Windows = z.record(z.string(), z.array(z.tuple([z.string(), z.string()])))
const [probationShare, probationMax, falseCost, missCost] = [0.15, 750, 0.11, 1]
/** Counts a row: 20 where a series lies as usual, 10 more for each of its deviations. */
const [usual, step, countMax] = [20, 10, 10_000]
const joinedRows = 100

type Span = { from: number; to: number }
type Labelled = { scores: Float64Array; windows: Span[]; probation: number }

export async function benchNab(options: BenchOptions): Promise<void> {
  if (!existsSync(folder)) {
    process.stderr.write('skipped: the series of NAB are not beside this folder; github.com/numenta/NAB has them\n')
    return
  }
  const labels = path.join(folder, 'labels')
  const file = readdirSync(labels).find((name) => name.includes('windows')) ?? 'combined_windows.json'
  const windows = Windows.parse(JSON.parse(readFileSync(path.join(labels, file), 'utf8')))
  const all = Object.entries(windows).map(([name, spans]) => labelled(path.join(folder, 'data', name), spans))
  const perfect = rated(all, ({ windows: spans }, row) => spans.some(({ from }) => from === row))
  const nothing = rated(all, () => false)
  const scale = (score: number): number => (100 * (score - nothing)) / (perfect - nothing)
  const thresholds = Array.from({ length: 120 }, (_, at) => 1.25 ** at)
  const best = Math.max(...thresholds.map((limit) => rated(all, ({ scores }, row) => isRaised(scores, row, limit))))
  printResult({ standard: scale(best), perfect: scale(perfect), nothing: scale(nothing) }, options)
}

function isRaised(scores: Float64Array, row: number, limit: number): boolean {
  return scores[row] > limit && !scores.subarray(Math.max(0, row - joinedRows), row).some((score) => score > limit)
}

function labelled(file: string, spans: readonly (readonly [string, string])[]): Labelled {
  const rows = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(','))
  const times = rows.map(([time]) => Date.parse(`${time.replace(' ', 'T')}Z`))
  const values = rows.map(([, value]) => Number(value))
  const probation = Math.min(Math.floor(probationShare * rows.length), probationMax)
  const windows = spans.map(([from, to]): Span => {
    const [first, last] = [from, to].map((time) => Date.parse(`${time.slice(0, 19).replace(' ', 'T')}Z`))
    return { from: times.findIndex((ms) => ms >= first), to: times.findLastIndex((ms) => ms <= last) }
  })
  return { scores: scoresOf(values, probation), windows, probation }
}

function scoresOf(values: readonly number[], probation: number): Float64Array {
  const first = values.slice(0, probation).sort((a, b) => a - b)
  const at = (share: number): number => first[Math.floor(share * (first.length - 1))]
  const [middle, deviation] = [at(0.5), Math.max((at(0.75) - at(0.25)) / 1.349, Math.abs(at(0.5)) * 0.01, 1e-9)]
  const [above, below] = [1, -1].map((sign) =>
    evidenceOf(values.map((value) => Math.round(usual + (step * sign * (value - middle)) / deviation))),
  )
  return above.map((value, row) => Math.max(value, below[row]))
}

function evidenceOf(counts: readonly number[]): Float64Array {
  const state = new Float64Array(recursiveGlm.stateLength + streamLength)
  recursiveGlm.start(state, 0)
  return Float64Array.from(counts, (count, tick) => {
    const y = Math.min(Math.max(count, 0), countMax)
    const prior = { rate: usual, shape: 2 }
    const context = { tick, yearPhase: 0, weekFactor: 1, exposure: 1, prior, seasonKnown: false, tickDays: 1 }
    const expectation = recursiveGlm.expect(state, 0, context)
    addCount(state, recursiveGlm.stateLength, expectation, { y, nodes: 100 })
    recursiveGlm.learn(state, 0, context, y)
    return evidenceIn(state, recursiveGlm.stateLength)
  })
}

/** 2 / (1 + e^(5 y)) - 1 of a place, in windows from their end: -1 at the beginning, 0 at the end. */
const sigmoid = (place: number): number => (place > 3 ? -1 : 2 / (1 + Math.exp(5 * place)) - 1)

function rated(all: readonly Labelled[], isDetection: (one: Labelled, row: number) => boolean): number {
  return all.reduce((sum, one) => sum + ratedOne(one, (row) => isDetection(one, row)), 0)
}

function ratedOne({ scores, windows, probation }: Labelled, isDetection: (row: number) => boolean): number {
  const detections = Array.from(scores.keys()).filter((row) => row >= probation && isDetection(row))
  const inWindows = windows.map(({ from, to }) => {
    const first = detections.find((row) => row >= from && row <= to)
    return first === undefined ? -missCost : sigmoid(-(to - first + 1) / (to - from + 1)) / sigmoid(-1)
  })
  const outside = detections
    .filter((row) => !windows.some(({ from, to }) => row >= from && row <= to))
    .map((row) => {
      const before = windows.filter(({ to }) => to < row).at(-1)
      if (before === undefined) return -falseCost
      return falseCost * sigmoid((row - before.to) / Math.max(1, before.to - before.from))
    })
  return [...inWindows, ...outside].reduce((sum, score) => sum + score, 0)
}
