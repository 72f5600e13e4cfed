/** The page of an evaluation: whole, safe, and readable without anything beside it. */
import { describe, expect, it } from 'vitest'
import { type EvaluationInput, evaluate } from '../../models/quality/evaluate.ts'
import { promotionGates } from '../../models/quality/gates.ts'
import { psiReference } from '../../models/quality/psi.ts'
import type { ModelEvaluation } from '../../src/training/evaluateModels.ts'
import { type ReportOptions, reportHtml } from '../../src/training/report/reportHtml.ts'
import { monthOf, someRows } from '../models/scores.ts'

const rows = someRows(600, 31)
const hostile = `<script>alert("x")</script>&'`

function inputOf(change: Partial<EvaluationInput> = {}): EvaluationInput {
  const { scores, weaker, ...rest } = rows
  return {
    ...rest,
    candidate: { name: 'candidate', scores },
    others: [{ name: 'champion', scores: weaker }],
    champion: 'champion',
    monthOf,
    highShare: 0.1,
    drift: {
      reference: { score: psiReference(scores), features: [psiReference(weaker)] },
      names: ['x'],
      values: weaker,
    },
    seed: 1,
    draws: 50,
    ...change,
  }
}

const hash = 'b'.repeat(64)
const range = { from: '2026-01-01', to: '2026-03-31', rows: 4_000, positives: 300 }

/** As a command would have it: judged as fitted again before the rows. */
function evaluationOf(input: EvaluationInput): ModelEvaluation {
  const evaluation = evaluate({
    ...input,
    worstGrade: 'D',
    bands: { names: ['low', 'watch', 'high'], edges: [0.2, 0.5] },
  })
  const about = { candidate: hash, judged: hash, comparedWith: null, profile: hash, features: hash }
  const subject = { name: 'candidate', hash, kind: 'scorecard' as const, trained: range, imported: false }
  return {
    ...evaluation,
    gates: promotionGates(evaluation),
    about: { ...about, rows: { hash, count: 600, from: '2026-04-01', to: '2026-04-30' } },
    profile: 'cn',
    outcome: 'an outcome',
    models: [
      { ...subject, judgedAs: { ...range, rows: 2_345 } },
      { ...subject, name: 'champion', imported: true },
    ],
    sameRecipe: [],
    importance: { by: 'weight', features: [{ name: 'x', value: 0.5 }] },
  }
}

const told = { title: 'A model', outcome: 'something bad within 90 days', date: '2026-05-04' }
const pageOf = (input: EvaluationInput, options: Partial<ReportOptions> = {}): string =>
  reportHtml(evaluationOf(input), { ...told, language: 'en', ...options })

const { drift, ...withoutReference } = inputOf()
const pages: [string, EvaluationInput][] = [
  ['a full evaluation', inputOf()],
  ['one label only', inputOf({ labels: new Uint8Array(600) })],
  ['no other model and no reference', { ...withoutReference, others: [], champion: 'champion' }],
]

describe.each(['en', 'zh', 'xx'])('in %s', (language) => {
  it.each(pages)('%s: one page, nothing from outside, no script, no broken number', (_, input) => {
    const { champion, ...alone } = input
    const page = pageOf(input.others.length === 0 ? alone : { ...alone, champion: champion ?? '' }, { language })
    expect(page).toMatch(/^<!doctype html>/)
    expect(page).not.toMatch(/https?:|src=|href=|url\(|@import|<script|<link|<iframe|\son\w+=/)
    expect(page).not.toMatch(/NaN|Infinity|undefined|null|\[object/)
    expect(page).not.toMatch(/\{\w+\}(?![^<]*<\/style>)/) // a placeholder that nothing filled
  })
})

it('escapes whatever a name holds', () => {
  const page = pageOf(
    inputOf({
      candidate: { name: hostile, scores: rows.scores },
      others: [{ name: `${hostile}2`, scores: rows.weaker }],
      champion: `${hostile}2`,
      regions: rows.regions.map((code) => hostile + code),
      industries: rows.industries.map((code) => hostile + code),
      grades: rows.grades.map((code) => hostile + code),
      monthOf: (tick) => hostile + monthOf(tick),
    }),
    { title: hostile, outcome: hostile, names: { feature: () => hostile, region: (code) => `"><b>${code}` } },
  )
  expect(page).not.toContain('<script')
  expect(page).not.toContain('<b>&lt;')
  expect(page).toContain('&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&amp;&#39;')
})

it('every element that is opened is closed, and every id is there once', () => {
  const page = pageOf(inputOf())
  const open: string[] = []
  for (const [, slash, name, , selfClosed] of page.matchAll(/<(\/?)([a-z][a-z0-9]*)((?:"[^"]*"|[^>"])*?)(\/?)>/g)) {
    if (slash) expect(open.pop()).toBe(name)
    else if (!selfClosed && name !== 'meta') open.push(name)
  }
  expect(open).toEqual([])
  const ids = [...page.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id)
  expect(new Set(ids).size).toBe(ids.length)
})

it('pictures say what they show, and figures stand in tables too', () => {
  const evaluation = evaluate(inputOf())
  const page = pageOf(inputOf(), { names: { region: (code) => `Region ${code}` } })
  const pictures = page.match(/<svg [^>]*role="img"/g) ?? []
  expect(pictures).toHaveLength(7)
  expect(page.match(/<desc id=/g)).toHaveLength(pictures.length)
  expect(page).toContain(evaluation.candidate.figures.auc?.value.toFixed(4))
  for (const { name } of evaluation.byRegion) expect(page).toContain(`<th scope="row">Region ${name}</th>`)
  expect(page).toMatch(/class="verdict good">✓ Passes all 5 promotion gates/)
})

it('says which gates fail', () => {
  const swapped = inputOf({
    candidate: { name: 'candidate', scores: rows.weaker },
    others: [{ name: 'champion', scores: rows.scores }],
  })
  const page = pageOf(swapped)
  expect(page).toMatch(/class="verdict act">✗ Fails \d of 5 promotion gates: AUC not worse/)
})

it('says what is foretold, of which profile, from which rows, and when it was made', () => {
  const page = pageOf(inputOf())
  const row = (what: string, text: string): string => `<th scope="row">${what}</th><td class="t">${text}`
  expect(page).toContain(row('What is foretold', 'something bad within 90 days'))
  expect(page).toContain(row('Profile', 'cn (bbbbbbbb)'))
  expect(page).toContain(row('Rows that judge', '2026-04-01 to 2026-04-30: 600 rows'))
  expect(page).toContain(row('Candidate candidate', 'scorecard, learnt from 2026-01-01 to 2026-03-31: 4 000 rows'))
  expect(page).toContain('as fitted on the rows before them: 2026-01-01 to 2026-03-31, 2 345 rows')
  expect(page).toContain('trained elsewhere and imported: it cannot be fitted again; calibrated on 2026-01-01')
  expect(page).toContain(row('Date of this report', '2026-05-04'))
})

it('headlines the lift at 10 %; the share of the worst grade is a second line', () => {
  const input = inputOf()
  const { worstGrade, candidate } = evaluationOf(input)
  const page = pageOf(input)
  expect(page).toContain('Checking the 10 % with the highest scores')
  expect(page).toContain(`<span>Lift at 10 %</span><b>${candidate.figures.lift?.value.toFixed(2)}</b>`)
  const share = rows.grades.filter((grade) => grade === 'D').length / 600
  expect(worstGrade?.share).toBeCloseTo(share, 12)
  expect(page).toContain(`<p class="note">At ${(100 * share).toFixed(1)} %, as many rows as have grade D`)
  expect(pageOf(inputOf({ highShare: 0.25 }))).toContain('Lift at 25 %')
})

it('bands have the rows that reach their edges, and how many outcomes those hold', () => {
  const { bands, positives } = evaluationOf(inputOf())
  const [high, watch, low] = bands
  const above = (edge: number): number[] => [...rows.labels.filter((_, row) => rows.scores[row] >= edge)]
  for (const [band, edge] of [
    [high, 0.5],
    [watch, 0.2],
    [low, 0],
  ] as const) {
    const some = above(edge)
    const hits = some.filter((label) => label === 1).length
    expect(band.precision).toBeCloseTo(hits / some.length, 12)
    expect(band.recall).toBeCloseTo(hits / positives, 12)
  }
  expect(bands.map(({ name, from }) => [name, from])).toEqual([
    ['high', 0.5],
    ['watch', 0.2],
    ['low', undefined],
  ])
  expect(bands.reduce((sum, band) => sum + band.rows, 0)).toBe(600)
})
