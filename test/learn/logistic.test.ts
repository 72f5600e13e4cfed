/** The fit, its errors and its variance inflation are those of statsmodels and scikit-learn on the same rows. */
import path from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { inferenceOf } from '../../models/learn/inference.ts'
import { inflationOf } from '../../models/learn/inflation.ts'
import { trainScorecard } from '../../models/learn/scorecard.ts'
import { fitLogistic } from '../../models/logistic/irls.ts'
import { describeWhere } from '../kafka/support.ts'
import { longTestMsMax } from '../support/patience.ts'
import { science } from '../support/science.ts'
import { madeRows } from './rows.ts'

const numbers = z.array(z.number())
const Reference = z.object({
  free: z.object({
    beta: numbers,
    standardErrors: numbers,
    z: numbers,
    p: numbers,
    covariance: z.array(numbers),
    logLikelihood: z.number(),
    logLikelihoodNull: z.number(),
    vif: numbers,
  }),
  sklearnFree: numbers,
  ridge: z.object({ beta: numbers, covariance: z.array(numbers) }),
  bounded: z.object({ beta: numbers, loss: z.number() }),
})

const ridge = 7.5
const names = ['a', 'b', 'c', 'd', 'e', 'f']
const data = madeRows({ rows: 1_501, seed: 20_211, names }, ([a, b, c, , e]) => 0.8 * a - 0.5 * b + 0.1 * c + 2 * e - 2)
// f tells nearly the same as a and b.
for (let at = 0; at < data.values.length; at += names.length)
  data.values[at + 5] = data.values[at] - data.values[at + 1] + 0.2 * data.values[at + 5]
const design = { rows: data.labels.length, columns: names.length, values: data.values }

function expectNear(ours: Iterable<number>, theirs: readonly number[], tolerance = 1e-6): void {
  const all = [...ours]
  expect(all.length).toBe(theirs.length)
  for (const [at, value] of all.entries())
    expect(Math.abs(value - theirs[at]), `${at}: ${value} and ${theirs[at]}`).toBeLessThan(
      tolerance * Math.max(1, Math.abs(theirs[at])),
    )
}

describeWhere(await science.available(), 'statsmodels and scikit-learn', () => {
  let reference: z.infer<typeof Reference>
  beforeAll(async () => {
    const input = { values: [...data.values], labels: [...data.labels], ridge }
    const script = path.join(import.meta.dirname, 'logistic.py')
    reference = Reference.parse(JSON.parse(await science.run(script, JSON.stringify(input))))
  }, longTestMsMax)

  test('coefficients without a penalty', () => {
    const fit = fitLogistic(design, data.labels, 0)
    expectNear([fit.intercept, ...fit.weights], reference.free.beta)
    expectNear([fit.intercept, ...fit.weights], reference.sklearnFree)
    expectNear([fit.logLikelihood], [reference.free.logLikelihood], 1e-12)
  })

  test('coefficients and covariance with a ridge', () => {
    const fit = fitLogistic(design, data.labels, ridge)
    expectNear([fit.intercept, ...fit.weights], reference.ridge.beta)
    expectNear(inferenceOf(fit).covariance.to1DArray(), reference.ridge.covariance.flat())
  })

  test('covariance, standard errors, z and p', () => {
    const { covariance, intercept, weights } = inferenceOf(fitLogistic(design, data.labels, 0))
    const walds = [intercept, ...weights.filter((wald) => wald !== undefined)]
    expectNear(covariance.to1DArray(), reference.free.covariance.flat())
    const of = (pick: (wald: (typeof walds)[number]) => number): number[] => walds.map(pick)
    expectNear(
      of(({ standardError }) => standardError),
      reference.free.standardErrors,
    )
    expectNear(
      of(({ z }) => z),
      reference.free.z,
    )
    for (const [at, p] of of(({ p }) => p).entries()) expect(p / reference.free.p[at]).toBeCloseTo(1, 5)
  })

  test('variance inflation', () => {
    const factors = inflationOf(design).factors.map((factor) => factor ?? Number.NaN)
    expectNear(factors, reference.free.vif)
    expect(factors[5]).toBeGreaterThan(10)
  })

  test('weights that may not be negative are those of a general optimiser', () => {
    const fit = fitLogistic(design, data.labels, ridge, { nonNegative: new Uint8Array(names.length).fill(1) })
    expectNear([fit.intercept, ...fit.weights], reference.bounded.beta, 1e-4)
    const penalty = 0.5 * ridge * fit.weights.reduce((sum, weight) => sum + weight * weight, 0)
    expect(penalty - fit.logLikelihood).toBeLessThanOrEqual(reference.bounded.loss + 1e-9)
    expect(fit.weights.filter((weight) => weight === 0).length).toBeGreaterThan(0)
  })

  test('a report without a penalty has them by term, in standard deviations', () => {
    const { features, report } = trainScorecard(data, { ridge: 0 })
    const deviations = features.map(({ deviation }) => deviation)
    const terms = report.terms.slice(1)
    expect(terms.map(({ term }) => term)).toEqual(names)
    expectNear(
      terms.map(({ coefficient }, at) => coefficient / deviations[at]),
      reference.free.beta.slice(1),
    )
    expectNear(
      terms.map(({ wald }) => wald?.z ?? Number.NaN),
      reference.free.z.slice(1),
    )
    expectNear(
      terms.map(({ vif }) => vif ?? Number.NaN),
      reference.free.vif,
    )
    expectNear([report.logLikelihoodNull], [reference.free.logLikelihoodNull], 1e-9)
  })
})
