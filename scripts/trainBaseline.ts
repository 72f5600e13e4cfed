/**
 * `npm run train:baseline`: fits the baseline scorecard on simulator output and writes models/baseline/. The same command gives
 * the same files: everything is seeded, and no clock is read.
 */
import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { hourOf } from '../models/facts.ts'
import { featureFill } from '../models/features.ts'
import { defaultFeatures } from '../models/learn/defaultFeatures.ts'
import { cardUse, modelCard } from '../models/learn/modelCard.ts'
import { fitLogistic } from '../models/logistic/irls.ts'
import { areaUnderRoc, brierScore, quantile } from '../models/quality/ranking.ts'
import { buildModel } from '../models/risk/buildModel.ts'
import type { ScorecardFile } from '../models/risk/modelFile.ts'
import { flag } from '../src/enterprise/rows/rows.ts'
import { EnterpriseTask } from '../src/enterprise/task.ts'
import { featureProfile } from '../src/featureProfile.ts'
import { dayMs, hourMs } from '../src/limits.ts'
import type { LogRecord } from '../src/log/port.ts'
import { loadProfile } from '../src/settings/profiles.ts'
import { simulate } from '../src/simulate/simulate.ts'
import { type PeerRows, peerRows, peersMin, rounded } from '../src/training/extract/peerTable.ts'
import type { Profile } from '../streams/profile.ts'

const setting = {
  enterprises: 20_000,
  days: 720,
  seed: 20210,
  startMs: Date.parse('2024-01-01T00:00:00.000Z'),
  gridDays: 30,
  warmUpDays: 240,
  testShare: 0.25,
  ridge: 20,
}
const bandShares = [0.9, 0.97, 0.995]
const folder = fileURLToPath(new URL('../models/baseline/', import.meta.url))

type Row = { asOfMs: number; row: number; features: Float64Array; industry: string; region: string }

const profile = await loadProfile('cn')
if (profile.file.label.kind !== 'outcome-within') throw new Error('the baseline learns outcomes within a horizon')
const horizonMs = profile.file.label.days * dayMs
const names = defaultFeatures(profile.groups, profile.grades, profile.file.halfLivesDays)
const fill = featureFill(featureProfile(profile), names)
const { rows, outcomes, dataHash, task } = collect()
label()

/** Folds the simulated market, and takes the features of every enterprise on a grid of dates. */
function collect(): { rows: Row[]; outcomes: Map<number, number[]>; dataHash: string; task: EnterpriseTask } {
  const beatMs = hourMs
  const task = new EnterpriseTask({
    profile,
    model: null,
    beatMs,
    partition: 0,
    partitions: 1,
    hashSeed: [0, 0],
    listener: () => {},
  })
  const rows: Row[] = []
  const outcomes = new Map<number, number[]>()
  const hash = createHash('sha256')
  const outcomeTypes = new Set(profile.types.filter((type) => type.outcome).map((type) => type.code))
  let beat: number | undefined
  let nextGrid = setting.startMs + setting.warmUpDays * dayMs
  let pending: { [topic: string]: LogRecord[] } = {}
  const flush = (): void => {
    if (beat !== undefined)
      task.fold(
        beat,
        {
          enterprises: pending.enterprises ?? [],
          grades: pending['credit-grades'] ?? [],
          events: pending['risk-events'] ?? [],
        },
        () => {},
      )
    pending = {}
  }
  const seen = new Set<string>()
  for (const record of simulate(profile, {
    enterprises: setting.enterprises,
    days: setting.days,
    seed: setting.seed,
    start: setting.startMs,
  }).records()) {
    hash.update(record.text).update('\n')
    const at = Math.floor(record.knownAtMs / beatMs)
    if (at !== beat) {
      flush()
      if (beat !== undefined && record.knownAtMs >= nextGrid) {
        takeGrid(task, nextGrid, rows)
        nextGrid += setting.gridDays * dayMs
      }
      beat = at
    }
    pending[record.topic] ??= []
    pending[record.topic].push({
      offset: 0,
      timeMs: record.knownAtMs,
      key: record.key,
      value: Buffer.from(record.text),
      headers: null,
    })
    if (record.topic === 'risk-events') noteOutcome(record.text, task, outcomes, outcomeTypes, seen)
  }
  flush()
  return { rows, outcomes, dataHash: hash.digest('hex'), task }
}

function takeGrid(task: EnterpriseTask, asOfMs: number, rows: Row[]): void {
  for (let row = 0; row < task.known.rows.count; row++) {
    if (!task.known.rows.has(row, flag.registered) || task.known.rows.has(row, flag.closed)) continue
    const features = new Float64Array(names.length)
    fill(features, {
      facts: task.known.rows.facts(row),
      grades: task.known.rows.grades(row),
      asOfHour: hourOf(asOfMs),
      context: { peers: { median: 0, spread: 1 }, ofPlace: new Float64Array(0) },
    })
    const place = task.known.rows.place(row)
    rows.push({
      asOfMs,
      row,
      features,
      industry: codeAt(profile.industries, place & 0xffff, 1),
      region: codeAt(profile.regions, place >>> 16, 1),
    })
  }
  process.stderr.write(`${new Date(asOfMs).toISOString().slice(0, 10)}: ${rows.length} rows\n`)
}

function noteOutcome(
  text: string,
  task: EnterpriseTask,
  outcomes: Map<number, number[]>,
  types: ReadonlySet<string>,
  seen: Set<string>,
): void {
  if (!text.includes('"retracts"') && [...types].some((type) => text.includes(type))) {
    const event: unknown = safeParse(text)
    if (
      typeof event !== 'object' ||
      event === null ||
      !('id' in event) ||
      !('enterpriseId' in event) ||
      !('occurredAt' in event)
    )
      return
    const row = task.known.ids.find(String(event.enterpriseId))
    if (row === undefined || seen.has(String(event.id))) return
    seen.add(String(event.id))
    outcomes.set(row, [...(outcomes.get(row) ?? []), Date.parse(String(event.occurredAt))])
  }
}

function safeParse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function codeAt(tree: Profile['regions'], node: number, depth: number): string {
  let at = node
  while (tree.nodes[at].depth > depth) at = tree.nodes[at].parent
  return tree.nodes[at].code
}

/** Labels, standardises, fits on the earlier dates, measures on the later ones, and writes the folder. */
function label(): void {
  const endMs = setting.startMs + setting.days * dayMs
  const complete = rows.filter((row) => row.asOfMs + horizonMs <= endMs) // younger rows are censored
  const dates = [...new Set(complete.map((row) => row.asOfMs))].sort((a, b) => a - b)
  const testFrom = dates[Math.floor(dates.length * (1 - setting.testShare))]
  const isPositive = (row: Row): boolean =>
    (outcomes.get(row.row) ?? []).some((at) => at > row.asOfMs && at <= row.asOfMs + horizonMs)
  // A label must not reach into the test period: training ends one horizon before it.
  const train = complete.filter((row) => row.asOfMs + horizonMs <= testFrom)
  const test = complete.filter((row) => row.asOfMs >= testFrom)
  const peers = peersOf(train)
  const peerAt = names.indexOf('peer')
  for (const row of [...train, ...test]) row.features[peerAt] = peerScore(row, peers)
  const moments = names.map((_, at) => momentsOf(train, at))
  const design = new Float64Array(train.length * names.length)
  for (const [at, row] of train.entries())
    for (const [column, { mean, deviation }] of moments.entries())
      design[at * names.length + column] = (row.features[column] - mean) / deviation
  const labels = Uint8Array.from(train, (row) => (isPositive(row) ? 1 : 0))
  const fit = fitLogistic({ rows: train.length, columns: names.length, values: design }, labels, setting.ridge)
  const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10)
  const file: ScorecardFile = {
    formatVersion: 1,
    kind: 'scorecard',
    profile: profile.file.name,
    label: `an adverse outcome within ${profile.file.label.kind === 'outcome-within' ? profile.file.label.days : 0} days`,
    features: names.map((name, at) => ({ name, ...moments[at] })),
    scorecard: { intercept: fit.intercept, weights: Array.from(fit.weights) },
    peers: { rows: peers, enterprisesMin: peersMin },
    bandEdges: [0.1, 0.2, 0.3],
    training: {
      from: day(dates[0]),
      to: day(train[train.length - 1].asOfMs),
      rows: train.length,
      positives: labels.reduce((a, b) => a + b, 0),
      seed: setting.seed,
      dataHash,
      command: 'npm run train:baseline',
      metrics: {},
    },
  }
  const unfinished = buildModel(file, '')
  const scoreAll = (some: readonly Row[]): Float64Array =>
    Float64Array.from(some, (row) => unfinished.score(row.features) ?? Number.NaN)
  const testLabels = Uint8Array.from(test, (row) => (isPositive(row) ? 1 : 0))
  const [trainScores, testScores] = [scoreAll(train), scoreAll(test)]
  file.bandEdges = bandShares.map((share) => Math.round(quantile(trainScores.slice().sort(), share) * 1_000) / 1_000)
  file.training.metrics = {
    trainAuc: rounded(areaUnderRoc(trainScores, labels)),
    testAuc: rounded(areaUnderRoc(testScores, testLabels)),
    testBrier: rounded(brierScore(testScores, testLabels)),
    testRows: test.length,
    testPositives: testLabels.reduce((a, b) => a + b, 0),
  }
  mkdirSync(folder, { recursive: true })
  writeFileSync(`${folder}model.json`, `${JSON.stringify(file, null, 1)}\n`)
  writeFileSync(`${folder}MODEL_CARD.md`, card(file, day(testFrom)))
  process.stderr.write(
    `${JSON.stringify(file.training.metrics)} bands ${file.bandEdges.join(' ')} ${task.known.rows.count} enterprises\n`,
  )
}

function momentsOf(some: readonly Row[], at: number): { mean: number; deviation: number } {
  let [sum, squares] = [0, 0]
  for (const row of some) {
    sum += row.features[at]
    squares += row.features[at] * row.features[at]
  }
  const mean = sum / some.length
  const variance = Math.max(0, squares / some.length - mean * mean)
  return { mean, deviation: variance > 1e-12 ? Math.sqrt(variance) : 1 }
}

/** Peers at the latest date; the feature was taken with median 0 and spread 1, which is the logarithm itself. */
function peersOf(some: readonly Row[]): PeerRows {
  const peerAt = names.indexOf('peer')
  const latest = some.reduce((max, row) => Math.max(max, row.asOfMs), 0)
  const then = some.filter(({ asOfMs }) => asOfMs === latest)
  return peerRows(then.map(({ features, industry, region }) => ({ industry, region, raw: features[peerAt] })))
}

/** The feature was taken with median 0 and spread 1: it is the raw count's logarithm, to be set against the peers. */
function peerScore(row: Row, peers: Record<string, [number, number]>): number {
  const [median, spread] = peers[`${row.industry}|${row.region}`] ?? peers[`${row.industry}|`] ?? peers['|'] ?? [0, 1]
  return (row.features[names.indexOf('peer')] - median) / spread
}

function card(file: ScorecardFile, testFrom: string): string {
  const { training } = file
  return modelCard(file, {
    title: 'Baseline scorecard',
    kind: `logistic regression over ${file.features.length} standardised features, ridge ${setting.ridge}, fitted by IRLS`,
    learntFrom: `the simulator (\`${training.command}\`, seed ${training.seed}): ${setting.enterprises} enterprises, ${setting.days} days, made-up data, no real enterprise`,
    sampling: `every ${setting.gridDays} days`,
    testRows: `from ${testFrom} on, one horizon after the last training row`,
    bands: 'about the riskiest 10 %, 3 % and 0.5 % of training rows',
    use: `It lets the stream score from the first day, before there is anything real to learn from, and is what a trained model has to beat.
Its probabilities hold for the simulated market; on real data read them as an order, until a model was trained on outcomes there.
${cardUse}`,
  })
}
