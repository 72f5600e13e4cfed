/**
 * How near a trained model comes to the truth: the simulator's hidden hazard is the oracle. Rows of a part of the
 * enterprises every 30 days, and what came of them. The first two years train, the last is read once.
 */
import { chooseCalibration } from '../models/learn/calibrate.ts'
import { type Dataset, sliceOf } from '../models/learn/dataset.ts'
import { trainScorecard } from '../models/learn/scorecard.ts'
import { areaUnderRoc } from '../models/quality/ranking.ts'
import { calibrationLine } from '../models/quality/reliability.ts'
import { calibrate } from '../models/risk/calibration.ts'
import { scorecard } from '../models/risk/scorecard.ts'
import { chosenFeatures } from '../src/chosenFeatures.ts'
import type { ReplayedBeat } from '../src/fold/replay.ts'
import { hourMs } from '../src/limits.ts'
import type { LogRecord } from '../src/log/port.ts'
import { loadProfile } from '../src/settings/profiles.ts'
import { simulate } from '../src/simulate/simulate.ts'
import { type TrainingRow, trainingRows } from '../src/training/extract/rows.ts'
import { hash64 } from '../streams/hash.ts'
import type { Profile } from '../streams/profile.ts'
import { type BenchOptions, printResult, progress } from './options.ts'

const market = { enterprises: 200_000, days: 1_096, seed: 90, start: Date.parse('2023-01-01T00:00:00.000+08:00') }
const [warmUpDays, trainDays] = [240, 731]
/** Label's horizon and delay: training rows end so long before the first test row. */
const gapDays = 120
/** One enterprise in so many gives rows, which are kept in memory. */
const sample = 4
const ridge = 20
/** The latest share of the training rows calibrates. */
const validationShare = 0.2

export async function benchHazard(options: BenchOptions): Promise<void> {
  const profile = await loadProfile('cn')
  const { calendar } = profile
  const names = chosenFeatures(profile, undefined).filter((name) => name !== 'peer') // peers come with a model
  const hazards: Map<string, number>[] = []
  const beats = (): AsyncGenerator<ReplayedBeat> => {
    const ofPass = new Map<string, number>()
    hazards.push(ofPass)
    return beatsOf(profile, ofPass)
  }
  const first = calendar.tickOf(market.start) - 1
  const { rows } = await trainingRows({
    profile,
    beatMs: hourMs,
    partitions: 1,
    beats,
    lastClosedTick: first + market.days,
    fromTick: first + warmUpDays,
    toTick: undefined,
    features: names,
    progress: () => {},
  })
  const taken = await sampled(rows, profile, hazards[0]) // the fold that stands at the rows begins first
  const { hazards: ofRows, ...data } = taken
  printResult(judge({ names, ...data }, ofRows, first + trainDays), options)
}

/** Rows of one enterprise in `sample`, and the hazard of each. */
async function sampled(
  rows: AsyncIterable<TrainingRow>,
  { calendar }: Profile,
  hazards: ReadonlyMap<string, number>,
): Promise<Omit<Dataset, 'names'> & { hazards: number[] }> {
  const [ids, labels, ticks, ofRows]: [string[], number[], number[], number[]] = [[], [], [], []]
  const values: Float64Array[] = []
  for await (const { id, tick, label, features } of rows) {
    if (tick !== ticks.at(-1)) progress(`${calendar.label(tick)}: ${ids.length} rows before`)
    const hazard = hazards.get(id)
    if (hazard === undefined || hash64(id).low % sample !== 0) continue
    ids.push(id)
    labels.push(label)
    ticks.push(tick)
    ofRows.push(hazard)
    values.push(features.slice())
  }
  const blank = new Array<string>(ids.length).fill('')
  return {
    ids,
    labels: Uint8Array.from(labels),
    ticks: Int32Array.from(ticks),
    values: flat(values),
    hazards: ofRows,
    regions: blank,
    industries: blank,
    grades: blank,
  }
}

function flat(rows: readonly Float64Array[]): Float64Array {
  const width = rows[0]?.length ?? 0
  const values = new Float64Array(rows.length * width)
  for (const [row, some] of rows.entries()) values.set(some, row * width)
  return values
}

function judge(data: Dataset, hazards: readonly number[], testFrom: number): object {
  const firstAt = (tick: number): number => {
    const at = data.ticks.findIndex((one) => one >= tick)
    return at < 0 ? data.ticks.length : at
  }
  const [learnt, testAt] = [firstAt(testFrom - gapDays), firstAt(testFrom)]
  const calibrateAt = firstAt(data.ticks[Math.floor(learnt * (1 - validationShare))])
  const gapAt = firstAt(data.ticks[calibrateAt] - gapDays)
  const train = sliceOf(data, 0, gapAt)
  const { weights, features } = trainScorecard(train, { ridge, gapTicks: gapDays })
  const used = features.map(({ name }) => data.names.indexOf(name))
  const core = scorecard({ features, scorecard: weights })
  const logOdds = (rows: Dataset): Float64Array => {
    const some = Float64Array.from({ length: rows.labels.length * used.length }, (_, at) => {
      const row = Math.floor(at / used.length)
      return rows.values[row * data.names.length + used[at % used.length]]
    })
    const out = new Float64Array(rows.labels.length)
    core.logOdds(some, out)
    return out
  }
  const validation = sliceOf(data, calibrateAt, learnt)
  const probability = calibrate(chooseCalibration(logOdds(validation), validation.labels))
  const test = sliceOf(data, testAt, data.labels.length)
  const scores = logOdds(test).map(probability)
  return {
    trainRows: train.labels.length,
    testRows: test.labels.length,
    testPositives: test.labels.reduce((sum, label) => sum + label, 0),
    auc: areaUnderRoc(scores, test.labels),
    oracleAuc: areaUnderRoc(Float64Array.from(hazards.slice(testAt, data.labels.length)), test.labels),
    calibrationSlope: calibrationLine(scores, test.labels)?.slope ?? null,
  }
}

/** The simulator's records in beats of an hour, as a log would give them; the hazards of each grid day on the way. */
async function* beatsOf(profile: Profile, hazards: Map<string, number>): AsyncGenerator<ReplayedBeat> {
  const { calendar } = profile
  let beat: number | undefined
  let records = noRecords()
  const name = { enterprises: 'enterprises', 'credit-grades': 'grades', 'risk-events': 'events' } as const
  for (const step of simulate(profile, market).steps()) {
    if (step.topic === 'hazard') {
      hazards.set(step.enterpriseId, step.hazard90d)
      continue
    }
    const at = Math.floor(step.knownAtMs / hourMs)
    if (beat !== undefined && at > beat) {
      yield { beat, records }
      records = noRecords()
      for (const end of tickEnds(calendar, beat, at)) yield { beat: end, records }
    }
    beat = at
    records[name[step.topic]].push({
      offset: 0,
      timeMs: step.knownAtMs,
      key: step.key,
      value: Buffer.from(step.text),
      headers: null,
    })
  }
  if (beat !== undefined) yield { beat, records }
}

function noRecords(): Record<'enterprises' | 'grades' | 'events', LogRecord[]> {
  return { enterprises: [], grades: [], events: [] }
}

/** Beats between two others that end a tick. */
function* tickEnds(calendar: Profile['calendar'], from: number, to: number): Iterable<number> {
  for (let tick = calendar.tickOf((from + 1) * hourMs); ; tick++) {
    const end = calendar.endMs(tick) / hourMs - 1
    if (end >= to) return
    if (end > from) yield end
  }
}
