/**
 * Food inspections of Chicago under the profile chicago-food: the scorecard that its `training` declares, from the raw inspections, beside
 * the city's own published score on the city's published test rows. What is learnt was chosen on training rows only, by the folds that
 * `--folds` measures; without it test rows are read.
 */
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'
import { parse } from 'csv-parse/sync'
import { z } from 'zod'
import { columnsOf, type Dataset, pickRows, withColumns } from '../models/learn/dataset.ts'
import { trainScorecard } from '../models/learn/scorecard.ts'
import { logistic } from '../models/math.ts'
import { evaluate } from '../models/quality/evaluate.ts'
import type { Evaluation } from '../models/quality/evaluation.ts'
import { areaUnderRoc } from '../models/quality/ranking.ts'
import { scorecard } from '../models/risk/scorecard.ts'
import { chosenFeatures } from '../src/chosenFeatures.ts'
import { runImport } from '../src/ingest/imports/import.ts'
import { beatMsDefault } from '../src/limits.ts'
import { openEmbeddedLog } from '../src/log/embedded/embeddedLog.ts'
import type { Log } from '../src/log/port.ts'
import { loadProfile } from '../src/settings/profiles.ts'
import { pastOf } from '../src/training/extract/pastTasks.ts'
import { lastClosedTick, trainingRows } from '../src/training/extract/rows.ts'
import type { Profile } from '../streams/profile.ts'
import { kindOf } from '../streams/profileChecks.ts'
import { foldCalmly } from '../test/support/calm.ts'
import { type BenchOptions, printResult, progress } from './options.ts'

const data = path.resolve(import.meta.dirname, '../../shared/data/chicago-food')
const inspections = ['inspections_1.csv.gz', 'inspections_2.csv.gz']
const modelTable = 'model_table_with_published_score.csv.gz'
/** A month for the rates nearby to fill. */
const trainFrom = '2011-10-01'
const frozenOn = '2014-08-31'
const inspector = 'latest.PLN.inspector.*'
/** Where the folds begin and end: each is judged by what lies before it. */
const foldEdges = [
  '2012-09',
  '2012-11',
  '2013-01',
  '2013-03',
  '2013-05',
  '2013-07',
  '2013-09',
  '2013-11',
  '2014-01',
  '2014-03',
  '2014-05',
]

const Visit = z.object({
  License: z.string(),
  Inspection_Date: z.string(),
  criticalFound: z.enum(['0', '1']),
  score: z.coerce.number(),
  Test: z.enum(['TRUE', 'FALSE']),
  Train: z.enum(['TRUE', 'FALSE']),
})
type Visit = z.infer<typeof Visit>

export async function benchChicago(options: BenchOptions): Promise<void> {
  if (!existsSync(data)) {
    progress(
      `skipped: the inspections are not at ${path.relative(process.cwd(), data)}; docs/ingest.md says where they are public`,
    )
    return
  }
  const profile = await loadProfile('chicago-food')
  const log = await folded(profile)
  const visits = z
    .array(Visit)
    .parse(parse(gunzipSync(readFileSync(path.join(data, modelTable))), { columns: true }))
    .sort((a, b) => (a.Inspection_Date < b.Inspection_Date ? -1 : a.Inspection_Date > b.Inspection_Date ? 1 : 0)) // rows lie in order of time
  const plain = chosenFeatures(profile, undefined)
  const train = visits.filter((visit) => visit.Train === 'TRUE' && visit.Inspection_Date >= trainFrom)
  if (options.folds) {
    const rows = await rowsOf(log, profile, plain, undefined)
    await log.close()
    printResult(folds(profile, rows, train), options)
    return
  }
  const all = [...plain, ...chosenFeatures(profile, [inspector])]
  const live = await rowsOf(log, profile, all, undefined)
  const frozen = await rowsOf(log, profile, plain, profile.calendar.parse(frozenOn))
  await log.close()
  const test = visits.filter((visit) => visit.Test === 'TRUE')
  const city = Float64Array.from(test, ({ score }) => score)
  const judge = (names: readonly string[], rows: Rows): Evaluation => {
    const scores = scorer(profile, withColumns(live.pick(train), names))(withColumns(rows.pick(test), names))
    return judged(profile, live.pick(test), scores, city)
  }
  const [without, withInspector, ofFrozen] = [judge(plain, live), judge(all, live), judge(plain, frozen)]
  const cityAlone = judged(profile, live.pick(test), city, city)
  printResult(
    {
      trainRows: train.length,
      testRows: test.length,
      positives: without.candidate.positives,
      city: figures(cityAlone),
      withoutInspector: { ...figures(without), minusCity: without.others[0].comparison.aucDifference },
      withInspector: { ...figures(withInspector), minusCity: withInspector.others[0].comparison.aucDifference },
      frozen: { ...figures(ofFrozen), minusCity: ofFrozen.others[0].comparison.aucDifference },
    },
    options,
  )
}

/** AUC of each block of two months among the training rows, by a scorecard learnt from the rows before it, and their mean. */
function folds(profile: Profile, rows: Rows, train: readonly Visit[]): { mean: number; blocks: object[] } {
  const blocks = foldEdges.slice(1).map((to, at) => {
    const from = foldEdges[at]
    const within = (start: string, end: string): Dataset =>
      withoutTwins(rows.pick(train.filter(({ Inspection_Date: date }) => date >= start && date < end)))
    const judged = within(from, to)
    return {
      from,
      rows: judged.labels.length,
      auc: areaUnderRoc(scorer(profile, within('', from))(judged), judged.labels),
    }
  })
  return { mean: blocks.reduce((sum, { auc }) => sum + auc, 0) / blocks.length, blocks }
}

/** The real files in a log of their own, folded to the end. */
async function folded(profile: Profile): Promise<Log> {
  const log = await openEmbeddedLog({ path: ':memory:', mode: 'write' })
  const named = (name: string, file: string): Parameters<typeof runImport>[0]['files'][number] => {
    return { topic: kindOf(name, profile.file.files[name]), mapping: name, file: path.join(data, file) }
  }
  const files = [
    ...['places', 'risks', 'visits'].flatMap((name) => inspections.map((file) => named(name, file))),
    named('plans', modelTable),
  ]
  await runImport({ log, profile, field: undefined, files, resume: false, onProgress: () => {} })
  progress('imported')
  await foldCalmly({ log, profile, model: null, beatMs: beatMsDefault })
  progress('folded')
  return log
}

/** Rows by (licence, day of the visit). */
type Rows = { pick: (visits: readonly Visit[]) => Dataset }

async function rowsOf(
  log: Log,
  profile: Profile,
  features: readonly string[],
  frozenTick: number | undefined,
): Promise<Rows> {
  const { calendar } = profile
  const { rows } = await trainingRows({
    ...pastOf(log, profile, beatMsDefault),
    lastClosedTick: await lastClosedTick(log, profile, beatMsDefault),
    features,
    fromTick: undefined,
    toTick: undefined,
    frozenTick,
    progress: () => {},
  })
  const found = new Map<string, { values: number[]; label: 0 | 1; region: string; industry: string; grade: string }>()
  for await (const { id, tick, label, region, industry, grade, features: values } of rows)
    found.set(`${id} ${tick}`, { values: [...values], label, region, industry, grade })
  progress(`${found.size} rows`)
  return {
    pick: (visits) => {
      const some = visits.map(({ License, Inspection_Date: date, criticalFound }) => {
        const tick = (calendar.parse(date) ?? Number.NaN) - 1
        const row = found.get(`${License} ${tick}`)
        if (row === undefined) throw new Error(`no row of licence ${License} on ${date}`)
        if (String(row.label) !== criticalFound)
          throw new Error(`licence ${License} on ${date}: another result than the city's`)
        return { ...row, tick, id: License }
      })
      return {
        names: features,
        values: Float64Array.from(some.flatMap(({ values }) => values)),
        labels: Uint8Array.from(some, ({ label }) => label),
        ticks: Int32Array.from(some, ({ tick }) => tick),
        ids: some.map(({ id }) => id),
        regions: some.map(({ region }) => region),
        industries: some.map(({ industry }) => industry),
        grades: some.map(({ grade }) => grade),
      }
    },
  }
}

/** Two visits of one licence on one day make one row: it is learnt once. */
function scorer(profile: Profile, train: Dataset): (rows: Dataset) => Float64Array {
  const { ridge, interactions = [] } = profile.file.training ?? {}
  const once = withoutTwins(train)
  const { weights, features } = trainScorecard(once, { ridge, interactions })
  const core = scorecard({ features, scorecard: weights })
  return (rows) => {
    const out = new Float64Array(rows.labels.length)
    core.logOdds(
      columnsOf(
        rows,
        features.map(({ name }) => name),
      ),
      out,
    )
    return out.map(logistic)
  }
}

function withoutTwins(rows: Dataset): Dataset {
  const firsts = new Map<string, number>()
  for (const [row, id] of rows.ids.entries()) {
    const key = `${id} ${rows.ticks[row]}`
    if (!firsts.has(key)) firsts.set(key, row)
  }
  return pickRows(rows, Uint32Array.from(firsts.values()))
}

function judged({ calendar }: Profile, rows: Dataset, scores: Float64Array, city: Float64Array): Evaluation {
  return evaluate({
    candidate: { name: 'candidate', scores },
    others: [{ name: 'city', scores: city }],
    labels: rows.labels,
    ticks: rows.ticks,
    monthOf: (tick) => calendar.label(tick).slice(0, 7),
    regions: rows.regions,
    industries: rows.industries,
    grades: rows.grades,
    highShare: 0.5,
    seed: 1,
    draws: 2_000,
  })
}

function figures({ candidate }: Evaluation): object {
  const { auc, firstHalf, brier } = candidate.figures
  return { auc: auc?.value, aucLow: auc?.low, aucHigh: auc?.high, firstHalf: firstHalf?.value, brier: brier?.value }
}
