/** What a report is about: outcome, profile, rows, models and what they learnt from, and the day it was made. */
import type { Profile } from '../../../streams/profile.ts'
import { fillIn, nameOf } from '../../words.ts'
import type { ModelEvaluation, Subject } from '../evaluateModels.ts'
import { count } from './format.ts'
import { type Html, html } from './html.ts'
import { table } from './table.ts'
import type { Words } from './words.ts'

/** The label of a profile, by the names of its event types. */
export function outcomeInWords({ file, types }: Profile, { outcomes }: Words, language: string): string {
  const named = (codes: readonly string[]): string =>
    codes.map((code) => nameOf(file.eventTypes, code, language)).join(', ')
  const { label } = file
  switch (label.kind) {
    case 'none':
      return outcomes.none
    case 'outcome-within': {
      const adverse = types.filter(({ outcome }) => outcome).map(({ code }) => code)
      return fillIn(outcomes.within, { types: named(adverse), days: label.days, delay: label.delayDays })
    }
    case 'result-of-event': {
      const [positive, of] = [named(label.positive), named(label.of)]
      return fillIn(outcomes.result, { positive, of, delay: label.delayDays })
    }
  }
}

export type Facts = {
  /** In the words of the report's language. */
  outcome: string
  /** The day of the report: `2026-05-01`. */
  date: string
}

/** Two columns: what, and what it is. */
export function factLines(evaluation: ModelEvaluation, { outcome, date }: Facts, words: Words): [string, string][] {
  const { models, profile, about } = evaluation
  const { rows, facts } = words
  const [candidate, ...others] = models
  const name = ({ name: text }: Subject): string => (text === evaluation.champion ? `${text} (${words.inUse})` : text)
  return [
    [facts.outcome, outcome],
    [facts.profile, `${profile} (${about.profile.slice(0, 8)})`],
    [
      facts.rows,
      fillIn(rows.judging, rangeWords({ ...about.rows, rows: about.rows.count, positives: evaluation.positives })),
    ],
    [`${facts.candidate} ${name(candidate)}`, subjectText(candidate, words)],
    ...others.map((other): [string, string] => [name(other), subjectText(other, words)]),
    [facts.date, date],
  ]
}

function subjectText({ kind, trained, imported, judgedAs }: Subject, { rows }: Words): string {
  const learnt = fillIn(imported ? rows.calibrated : rows.trained, { kind, ...rangeWords(trained) })
  return judgedAs === undefined ? learnt : `${learnt} ${fillIn(rows.judgedAs, rangeWords(judgedAs))}`
}

function rangeWords({ from, to, rows, positives }: Subject['trained']): Record<string, string> {
  return { from, to, rows: count(rows), positives: count(positives) }
}

export function factsTable(evaluation: ModelEvaluation, facts: Facts, words: Words): Html {
  const { name: what, meaning } = words.columns
  const lines = factLines(evaluation, facts, words)
  const same = evaluation.sameRecipe.map((name) => html`<p class="note">${fillIn(words.sameRecipe, { name })}</p>`)
  return html`${table(words.sections.facts, [{ name: what }, { name: meaning }], lines)}${same}`
}
