/** An evaluation for a terminal, and as a page. */
import type { Figure } from '../../../models/quality/evaluation.ts'
import type { Profile } from '../../../streams/profile.ts'
import type { ModelEvaluation } from '../../training/evaluateModels.ts'
import { factLines, outcomeInWords } from '../../training/report/facts.ts'
import { chosenShare, count, decimal, percent, withInterval } from '../../training/report/format.ts'
import { reportHtml } from '../../training/report/reportHtml.ts'
import { figureNames } from '../../training/report/tables.ts'
import { wordsOf } from '../../training/report/words.ts'
import { fillIn, nameOf } from '../../words.ts'
import { aligned } from '../aligned.ts'

const featuresShown = 10

/** One page, in the profile's language where there are words. */
export function pageOf(evaluation: ModelEvaluation, profile: Profile, nowMs: number): string {
  const { language } = profile.file
  return reportHtml(evaluation, {
    title: evaluation.candidate.name,
    language,
    outcome: outcomeInWords(profile, wordsOf(language), language),
    date: dateOf(profile, nowMs),
    names: {
      grade: (code) => nameOf(profile.file.grades, code, language),
      band: (code) => nameOf(profile.file.bands, code, language),
      region: (code) => withCode(nameOf(profile.regions.nodes, code, language), code),
      industry: (code) => withCode(nameOf(profile.industries.nodes, code, language), code),
    },
  })
}

/** Names alone are not unique: there is more than one Suburban District. */
const withCode = (name: string, code: string): string => (name === code ? code : `${name} (${code})`)

/** The local day of the profile. */
function dateOf({ file }: Profile, nowMs: number): string {
  return new Date(nowMs + file.tick.utcOffsetMinutes * 60_000).toISOString().slice(0, 10)
}

/** What the report says, in lines of text. */
export function* evaluationLines(evaluation: ModelEvaluation, profile: Profile, nowMs: number): Iterable<string> {
  const words = wordsOf('en')
  const facts = { outcome: outcomeInWords(profile, words, 'en'), date: dateOf(profile, nowMs) }
  for (const [what, text] of factLines(evaluation, facts, words)) yield `${what}: ${text}`
  for (const name of evaluation.sameRecipe) yield fillIn(words.sameRecipe, { name })
  yield ''
  yield* figureLines(evaluation)
  yield ''
  yield* aligned([
    [
      words.columns.band,
      words.columns.from,
      words.columns.rows,
      words.columns.positives,
      words.columns.precision,
      words.columns.recall,
    ],
    ...evaluation.bands.map(({ name, from, rows, positives, precision, recall }) => [
      name,
      percent(from),
      count(rows),
      count(positives),
      percent(precision),
      percent(recall),
    ]),
  ])
  yield words.notes.bands
  yield ''
  const { by, features } = evaluation.importance
  yield* aligned([
    [words.columns.feature, words.columns[by]],
    ...features.slice(0, featuresShown).map(({ name, value }) => [name, decimal(value, 4)]),
  ])
  yield ''
  for (const gate of evaluation.gates) yield gateLine(gate)
  for (const { name, psi, unjudged } of evaluation.psi?.features ?? [])
    if (unjudged === 'common')
      yield `feature ${name} moves for everybody at once: not judged (PSI ${psi?.toFixed(4) ?? 'unknown'})`
}

/** A column for each model, and a line for each figure, with its interval. */
function* figureLines(evaluation: ModelEvaluation): Iterable<string> {
  const words = wordsOf('en')
  const { candidate, others, champion, highShare, calibrationBinsMax, worstGrade } = evaluation
  const values = { share: chosenShare(highShare), bins: calibrationBinsMax }
  const write = (figure: Figure | undefined, digits: number): string =>
    withInterval(figure, words.to, (value) => decimal(value, digits))
  const models = [candidate, ...others.map(({ model }) => model)]
  const named = models.map(({ name }) => (name === champion ? `${name}, ${words.inUse}` : name))
  yield* aligned([
    ['', ...named],
    ...figureNames.map((name) => [
      fillIn(words.figures[name][0], values),
      ...models.map(({ figures }) => write(figures[name], name === 'lift' ? 2 : 4)),
    ]),
    ...(['auc', 'brier'] as const)
      .filter(() => others.length > 0)
      .map((name) => [
        words.differences[name][0],
        '',
        ...others.map(({ comparison }) => write(comparison[`${name}Difference`], 4)),
      ]),
  ])
  for (const { name, rows, positives, refused } of models)
    if (refused > 0)
      yield `${fillIn(words.refused, { name, refused: count(refused) })} (${count(rows)} rows, ${count(positives)} positive)`
  if (worstGrade?.lift === undefined) return
  const { name, share, lift, own } = worstGrade
  yield fillIn(words.worstGrade, { share: percent(share), grade: name, lift: decimal(lift, 1), own: decimal(own, 1) })
}

/** `gate scorePsi: passed (0.0400, limit 0.25)`. */
export function gateLine({ name, passed, why, value, limit, of }: ModelEvaluation['gates'][number]): string {
  if (passed === null) return `gate ${name}: not judged${why === undefined ? '' : ` (${why})`}`
  const where = of === undefined ? '' : `, ${of}`
  const noted = why === undefined ? '' : `; ${why}`
  return `gate ${name}: ${passed ? 'passed' : 'FAILED'} (${value?.toFixed(4) ?? 'unknown'}, limit ${limit}${where}${noted})`
}
