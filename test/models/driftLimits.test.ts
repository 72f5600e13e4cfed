/** What a feature's stability index is held against: the profile's limits, what moves for everybody, and how old the log was. */
import { describe, expect, it, test } from 'vitest'
import { type DriftLimit, driftLimits, tooLittleOf } from '../../models/quality/driftLimits.ts'
import { evaluate } from '../../models/quality/evaluate.ts'
import type { Evaluation } from '../../models/quality/evaluation.ts'
import { type Gate, promotionGates } from '../../models/quality/gates.ts'
import { psi, psiReference } from '../../models/quality/psi.ts'
import { ProfileFile } from '../../streams/profileFile.ts'
import { tinySource } from '../support/tinyProfile.ts'
import { monthOf, someRows } from './scores.ts'

const horizonDays = 1_826.25
const fines = { of: ['PEN.FINE'], per: ['CMP.COMPLAINT'], halfLifeDays: 20, prior: { rate: 0.1, events: 5 } }
const profile = (gates: object = {}): ProfileFile =>
  ProfileFile.parse({
    ...tinySource.file,
    factColumns: ['staff'],
    features: [
      { name: 'own', kind: 'rate', ...fines },
      { name: 'since', kind: 'recency', of: ['PEN.FINE'] },
      { name: 'staff', kind: 'latest', of: ['PEN.FINE'], column: 'staff', withinDays: 50, values: [1, 2] },
      { name: 'here', kind: 'nearby', axis: 'region', ...fines },
      { name: 'everywhere', kind: 'nearby', axis: 'whole', ...fines },
      { name: 'in', kind: 'place', axis: 'region', codes: ['P1'] },
    ],
    training: { bandShares: [0.9, 0.99], gates },
  })

describe('a feature is too young', () => {
  test.each<[feature: string, settledDays: number]>([
    ['count.all.1d', 3],
    ['severity.PEN.7d', 21],
    ['count.CMP.30d', 90],
    ['count.PEN.365d', 1_095],
    ['momentum.CMP', 270],
    ['peer', 270],
    ['own', 60],
    ['here', 60],
    ['staff.1', 50],
    ['recency', horizonDays],
    ['since', horizonDays],
    ['sources', horizonDays],
    ['amount', horizonDays],
    ['gradeAge', horizonDays],
    ['gradeWorse', horizonDays],
  ])('%s: until the log is %d days old', (feature, days) => {
    const of = (age: number | undefined): DriftLimit => driftLimits(profile(), horizonDays, age).of(feature)
    expect(of(days - 0.1)).toEqual({ limit: 0.25, unjudged: 'young' })
    expect(of(days)).toEqual({ limit: 0.25 })
    expect(of(undefined)).toEqual({ limit: 0.25 })
  })

  it.each(['grade.A', 'grade.none', 'in.P1'])('never: %s', (feature) => {
    expect(driftLimits(profile(), horizonDays, 0).of(feature)).toEqual({ limit: 0.25 })
  })
})

describe('a feature moves for everybody at once', () => {
  it('by its declaration, or by the word of the profile, and however old the log is', () => {
    const { of } = driftLimits(profile({ common: ['gradeAge', 'count.*.1d'] }), horizonDays, 0)
    for (const name of ['everywhere', 'gradeAge', 'count.CMP.1d', 'count.all.1d'])
      expect(of(name)).toEqual({ limit: 0.25, unjudged: 'common' })
    expect(of('here')).toEqual({ limit: 0.25, unjudged: 'young' })
    expect(driftLimits(profile(), horizonDays, undefined).of('gradeAge')).toEqual({ limit: 0.25 })
  })
})

it('a limit is that of the first name that fits, else that of all', () => {
  const limits = [
    { feature: 'count.PEN.*', psi: 0.5 },
    { feature: 'count.*', psi: 0.4 },
  ]
  const { of, score } = driftLimits(profile({ limits, featurePsi: 0.3, scorePsi: 0.2 }), horizonDays, undefined)
  expect(['count.PEN.7d', 'count.CMP.7d', 'recency'].map((name) => of(name).limit)).toEqual([0.5, 0.4, 0.3])
  expect(score).toBe(0.2)
})

test.each<[string, { rows: number; days: number }, { rows: number; days: number }, string | undefined]>([
  ['enough', { rows: 500, days: 14 }, { rows: 500, days: 14 }, undefined],
  ['few rows in training', { rows: 499, days: 14 }, { rows: 500, days: 14 }, '499 rows in training, 500 are needed'],
  ['few rows judged', { rows: 500, days: 14 }, { rows: 499, days: 14 }, '499 rows in the rows judged, 500 are needed'],
  ['few days of training', { rows: 500, days: 13 }, { rows: 500, days: 14 }, '13 days in training, 14 are needed'],
  [
    'few days judged',
    { rows: 500, days: Infinity },
    { rows: 500, days: 1 },
    '1 days in the rows judged, 14 are needed',
  ],
])('%s', (_, reference, judged, why) => {
  expect(tooLittleOf(profile(), reference, judged)).toBe(why === undefined ? undefined : `too young to judge: ${why}`)
  expect(tooLittleOf(profile({ rowsMin: 1, daysMin: 0 }), reference, judged)).toBeUndefined()
})

describe('the gates of drift', () => {
  const { scores, weaker, ...rows } = someRows(600, 5)
  const names = ['count.all.1d', 'count.all.365d', 'everywhere', 'in.P1']
  /** Each feature moved by so much since training; `ageDays` of the log when that began. */
  function gatesOf(
    moved: readonly number[],
    ageDays: number | undefined,
    setting: object = {},
    tooLittle?: string,
  ): Record<string, Gate> {
    const evaluation: Evaluation = evaluate({
      ...rows,
      candidate: { name: 'candidate', scores },
      others: [],
      monthOf,
      highShare: 0.1,
      seed: 1,
      draws: 20,
      drift: {
        reference: { score: psiReference(scores), features: names.map(() => psiReference(weaker)) },
        names,
        values: Float64Array.from(
          { length: 600 * names.length },
          (_, at) => weaker[Math.floor(at / names.length)] + moved[at % names.length],
        ),
        limits: driftLimits(profile(setting), horizonDays, ageDays),
        tooLittle,
      },
    })
    return Object.fromEntries(promotionGates(evaluation).map((gate) => [gate.name, gate]))
  }

  test.each<[string, number[], number | undefined, object, Partial<Gate>]>([
    ['nothing moved', [0, 0, 0, 0], undefined, {}, { passed: true, why: 'move for everybody at once: 1' }],
    ['what is the same for all', [0, 0, 9, 0], undefined, {}, { passed: true }],
    ['what is not', [9, 0, 0, 0], undefined, {}, { passed: false, of: 'count.all.1d' }],
    ['a long memory in an old log', [0, 9, 0, 0], 1_095, {}, { passed: false, of: 'count.all.365d' }],
    [
      'a long memory in a young log',
      [0, 9, 0, 0],
      3,
      {},
      { passed: true, why: 'too young to judge: 1 of 4 features; move for everybody at once: 1' },
    ],
    ['a short memory in a young log', [9, 0, 0, 0], 3, {}, { passed: false, of: 'count.all.1d' }],
    [
      'one with a limit of its own',
      [9, 0, 0, 0],
      3,
      { limits: [{ feature: 'count.all.1d', psi: 50 }] },
      { passed: true },
    ],
    [
      'the one that is furthest beyond its own limit',
      [9, 0, 0, 9],
      3,
      { limits: [{ feature: 'in.P1', psi: 0.1 }] },
      { passed: false, of: 'in.P1', limit: 0.1 },
    ],
    [
      'nothing that can be judged',
      [9, 9, 9, 9],
      0,
      { common: ['in.*'] },
      { passed: null, why: 'too young to judge: 2 of 4 features; move for everybody at once: 2' },
    ],
  ])('%s', (_, moved, ageDays, setting, gate) => {
    expect(gatesOf(moved, ageDays, setting).featurePsi).toMatchObject(gate)
  })

  it('are not judged where there is too little, and say why', () => {
    const { scorePsi, featurePsi } = gatesOf([9, 9, 9, 9], undefined, {}, 'too young to judge: 3 rows')
    for (const gate of [scorePsi, featurePsi])
      expect(gate).toMatchObject({ passed: null, why: 'too young to judge: 3 rows' })
  })
})

it('what is left of an event long ago is nothing: the index does not tell it from none', () => {
  const market = (everHadAny: number): Float64Array =>
    Float64Array.from({ length: 1_000 }, (_, at) => (at < 50 ? 1 + at / 50 : at < everHadAny ? 1e-9 / (at + 1) : 0))
  expect(psi(psiReference(market(100)), market(900))).toBeLessThan(0.001)
  expect(
    psi(
      psiReference(market(100)),
      market(900).map((value) => value + 0.6),
    ),
  ).toBeGreaterThan(1)
})
