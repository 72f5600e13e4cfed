/** The page of an evaluation: whole, safe, and readable without anything beside it. */
import { describe, expect, it } from 'vitest'
import { type EvaluationInput, evaluate } from '../../models/quality/evaluate.ts'
import { psiReference } from '../../models/quality/psi.ts'
import { reportHtml } from '../../src/training/report/reportHtml.ts'
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

const { drift, ...withoutReference } = inputOf()
const pages: [string, EvaluationInput][] = [
  ['a full evaluation', inputOf()],
  ['one label only', inputOf({ labels: new Uint8Array(600) })],
  ['no other model and no reference', { ...withoutReference, others: [], champion: 'champion' }],
]

describe.each(['en', 'zh', 'xx'])('in %s', (language) => {
  it.each(pages)('%s: one page, nothing from outside, no script, no broken number', (_, input) => {
    const { champion, ...alone } = input
    const page = reportHtml(evaluate(input.others.length === 0 ? alone : { ...alone, champion: champion ?? '' }), {
      title: 'A model',
      language,
    })
    expect(page).toMatch(/^<!doctype html>/)
    expect(page).not.toMatch(/https?:|src=|href=|url\(|@import|<script|<link|<iframe|\son\w+=/)
    expect(page).not.toMatch(/NaN|Infinity|undefined|null|\[object/)
    expect(page).not.toMatch(/\{\w+\}(?![^<]*<\/style>)/) // a placeholder that nothing filled
  })
})

it('escapes whatever a name holds', () => {
  const page = reportHtml(
    evaluate(
      inputOf({
        candidate: { name: hostile, scores: rows.scores },
        others: [{ name: `${hostile}2`, scores: rows.weaker }],
        champion: `${hostile}2`,
        regions: rows.regions.map((code) => hostile + code),
        industries: rows.industries.map((code) => hostile + code),
        grades: rows.grades.map((code) => hostile + code),
        sizes: rows.sizes.map((code) => hostile + code),
        monthOf: (tick) => hostile + monthOf(tick),
      }),
    ),
    { title: hostile, language: 'en', names: { feature: () => hostile, region: (code) => `"><b>${code}` } },
  )
  expect(page).not.toContain('<script')
  expect(page).not.toContain('<b>&lt;')
  expect(page).toContain('&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&amp;&#39;')
})

it('every element that is opened is closed, and every id is there once', () => {
  const page = reportHtml(evaluate(inputOf()), { title: 'A model', language: 'en' })
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
  const page = reportHtml(evaluation, {
    title: 'A model',
    language: 'en',
    names: { region: (code) => `Region ${code}` },
  })
  const pictures = page.match(/<svg [^>]*role="img"/g) ?? []
  expect(pictures).toHaveLength(7)
  expect(page.match(/<desc id=/g)).toHaveLength(pictures.length)
  expect(page).toContain(evaluation.candidate.figures.auc?.value.toFixed(4))
  for (const { name } of evaluation.byRegion) expect(page).toContain(`<th scope="row">Region ${name}</th>`)
  expect(page).toMatch(/class="verdict good">✓ Passes all 6 promotion gates/)
})

it('says which gates fail', () => {
  const swapped = inputOf({
    candidate: { name: 'candidate', scores: rows.weaker },
    others: [{ name: 'champion', scores: rows.scores }],
  })
  const page = reportHtml(evaluate(swapped), { title: 'A model', language: 'en' })
  expect(page).toMatch(/class="verdict act">✗ Fails \d of 6 promotion gates: AUC not worse/)
})
