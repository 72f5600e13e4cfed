/** A whole evaluation as JSON, and the gates that a promotion has to pass. */
import { describe, expect, it } from 'vitest'
import { type EvaluationInput, evaluate } from '../../models/quality/evaluate.ts'
import { Evaluation, type RecallChange } from '../../models/quality/evaluation.ts'
import { Gate, promotionGates } from '../../models/quality/gates.ts'
import { psiReference } from '../../models/quality/psi.ts'
import { Gate as RecordedGate } from '../../streams/commands.ts'
import { monthOf, someRows } from './scores.ts'

const rows = someRows(1_200, 21)

function inputOf(change: Partial<EvaluationInput> = {}): EvaluationInput {
  const { scores, weaker, labels, ticks, regions, industries, grades } = rows
  return {
    candidate: { name: 'candidate', scores },
    others: [{ name: 'champion', scores: weaker }],
    champion: 'champion',
    labels,
    ticks,
    monthOf,
    regions,
    industries,
    grades,
    highShare: 0.1,
    drift: {
      reference: { score: psiReference(scores), features: [psiReference(weaker)] },
      names: ['weaker'],
      values: weaker,
    },
    seed: 3,
    draws: 100,
    ...change,
  }
}

const good = evaluate(inputOf())

describe('an evaluation', () => {
  it('is JSON that keeps its contract, the same for one seed', () => {
    const text = JSON.stringify(good)
    expect(text).not.toContain('null') // what NaN would have become
    const read: unknown = JSON.parse(text)
    expect(Evaluation.parse(read)).toEqual(read)
    expect(JSON.stringify(evaluate(inputOf())) === text).toBe(true)
  })

  it('has gates that a command can carry, and says of what each is', () => {
    const gates = promotionGates(good)
    const carried = gates.map(({ of: _, ...gate }) => gate)
    expect(gates.map((gate) => RecordedGate.parse(gate))).toEqual(carried)
    expect(Gate.shape.value).toBe(RecordedGate.shape.value) // one contract, not two that are alike
    expect(gates.find(({ name }) => name === 'featurePsi')?.of).toBe('weaker')
  })

  it('tells groups that add up to all rows', () => {
    for (const groups of [good.byMonth, good.byRegion, good.byIndustry, good.byGrade]) {
      expect(groups.reduce((sum, group) => sum + group.rows, 0)).toBe(1_200)
      expect(groups.reduce((sum, group) => sum + group.positives, 0)).toBe(good.positives)
    }
    expect(good.byMonth.map(({ name }) => name)).toEqual(['2026-01', '2026-02', '2026-03', '2026-04'])
    expect([good.from, good.to]).toEqual(['2026-01', '2026-04'])
  })

  it('the high band reaches its share of the rows, over all groups alike', () => {
    const found = good.byRegion.reduce((sum, { recall = 0, positives }) => sum + recall * positives, 0)
    expect(found / good.positives / good.highShare).toBeCloseTo(good.candidate.figures.lift?.value ?? 0, 10)
  })

  it('counts rows that a model refuses, and compares on those that both scored', () => {
    const gaps = rows.scores.map((score, row) => (row % 10 === 0 ? Number.NaN : score))
    const otherGaps = rows.weaker.map((score, row) => (row % 10 === 1 ? Number.NaN : score))
    const some = evaluate(
      inputOf({ candidate: { name: 'candidate', scores: gaps }, others: [{ name: 'champion', scores: otherGaps }] }),
    )
    expect(some.candidate).toMatchObject({ refused: 120, rows: 1_080 })
    expect(some.others[0]).toMatchObject({ model: { refused: 120 }, comparison: { rows: 960 } })
    expect(JSON.stringify(some)).not.toContain('null')
  })

  it.each([0, 1])('rows that are all %i leave figures out and pass no comparison', (label) => {
    const single = evaluate(inputOf({ labels: new Uint8Array(1_200).fill(label) }))
    expect(JSON.stringify(Evaluation.parse(single))).not.toContain('null')
    expect(single.candidate.figures.auc).toBeUndefined()
    expect(promotionGates(single).find(({ name }) => name === 'aucDifference')).toMatchObject({ passed: false })
  })

  it.each<[string, Partial<EvaluationInput>]>([
    ['candidate: 1 scores for 1200 rows', { candidate: { name: 'candidate', scores: Float64Array.of(1) } }],
    ['the score 1.5 is no probability', { candidate: { name: 'candidate', scores: rows.scores.map(() => 1.5) } }],
    ['no row was scored', { candidate: { name: 'candidate', scores: rows.scores.map(() => Number.NaN) } }],
    ['regions: 1 values for 1200 rows', { regions: ['11'] }],
    ['champion: nobody is not among the other models', { champion: 'nobody' }],
    ['highShare: 0 is not above 0', { highShare: 0 }],
    [
      'drift: reference, names and values',
      { drift: { reference: { score: psiReference(rows.scores), features: [] }, names: ['x'], values: rows.scores } },
    ],
  ])('%s', (message, change) => {
    expect(() => evaluate(inputOf(change))).toThrow(message)
  })
})

/** The evaluation with parts of it replaced. */
function changed(change: (copy: Evaluation) => void): Gate[] {
  const copy = structuredClone(good)
  change(copy)
  return promotionGates(copy)
}

const region = (recall: number, positives: number, lossProbability: number): RecallChange => ({
  name: '11',
  positives,
  recall,
  otherRecall: 0.5,
  lossProbability,
})

const failed = (gates: readonly Gate[]): string[] => gates.filter(({ passed }) => !passed).map(({ name }) => name)

describe('the gates', () => {
  it('let a better model pass', () => {
    expect(failed(promotionGates(good))).toEqual([])
    expect(promotionGates(good).map(({ name }) => name)).toEqual([
      'aucDifference',
      'brierDifference',
      'regionRecall',
      'scorePsi',
      'featurePsi',
    ])
  })

  it('stop a worse one', () => {
    const swapped = inputOf({
      candidate: { name: 'candidate', scores: rows.weaker },
      others: [{ name: 'champion', scores: rows.scores }],
    })
    expect(failed(promotionGates(evaluate(swapped)))).toEqual(
      expect.arrayContaining(['aucDifference', 'brierDifference']),
    )
  })

  it.each<[string, string[], (copy: Evaluation) => void]>([
    [
      'AUC bound at the limit',
      ['aucDifference'],
      ({ others }) => {
        others[0].comparison.aucDifference = { value: 0, low: -0.005, high: 0.01 }
      },
    ],
    [
      'AUC bound above the limit',
      [],
      ({ others }) => {
        others[0].comparison.aucDifference = { value: 0, low: -0.0049, high: 0.01 }
      },
    ],
    [
      'AUC without an interval',
      ['aucDifference'],
      ({ others }) => {
        others[0].comparison.aucDifference = { value: 0.1 }
      },
    ],
    [
      'the same Brier',
      ['brierDifference'],
      ({ others }) => {
        others[0].comparison.brierDifference = { value: 0 }
      },
    ],
    [
      'a loss that chance does not explain',
      ['regionRecall'],
      ({ others }) => {
        others[0].comparison.recallByRegion = [region(0.3, 200, 0.001)]
      },
    ],
    [
      'a loss that chance explains',
      [],
      ({ others }) => {
        others[0].comparison.recallByRegion = [region(0.4, 200, 0.2)]
      },
    ],
    [
      'a loss within the tolerance',
      [],
      ({ others }) => {
        others[0].comparison.recallByRegion = [region(0.485, 90_000, 0)]
      },
    ],
    [
      'a loss in a small group',
      [],
      ({ others }) => {
        others[0].comparison.recallByRegion = [region(0, 19, 0)]
      },
    ],
    [
      'one of many groups by chance',
      [],
      ({ others }) => {
        others[0].comparison.recallByRegion = [
          region(0.4, 200, 0.02),
          ...Array.from({ length: 9 }, () => region(0.5, 200, 1)),
        ]
      },
    ],
    [
      'scores that moved',
      ['scorePsi'],
      ({ psi }) => {
        if (psi) psi.score = 0.25
      },
    ],
    [
      'a feature that moved',
      ['featurePsi'],
      ({ psi }) => {
        psi?.features.push({ name: 'x', psi: 0.3 })
      },
    ],
    [
      'a feature that cannot be judged',
      ['featurePsi'],
      ({ psi }) => {
        psi?.features.push({ name: 'x' })
      },
    ],
    [
      'no reference',
      ['scorePsi', 'featurePsi'],
      (copy) => {
        copy.psi = undefined
      },
    ],
  ])('%s: fails %j', (_, names, change) => {
    expect(failed(changed(change))).toEqual(names)
  })

  it('compare with the champion alone, or with all when none is in use', () => {
    const strong = { name: 'strong', scores: rows.labels.map((label) => label) }
    const others = [
      { name: 'champion', scores: rows.weaker },
      { ...strong, scores: Float64Array.from(strong.scores) },
    ]
    const { champion: _, ...withoutChampion } = inputOf({ others })
    expect(failed(promotionGates(evaluate(inputOf({ others }))))).toEqual([])
    const gate = promotionGates(evaluate(withoutChampion)).find(({ name }) => name === 'aucDifference')
    expect(gate).toMatchObject({ passed: false, of: 'strong' })
  })

  it('leave out what there is nothing to compare with', () => {
    const { champion: _, ...alone } = inputOf({ others: [] })
    expect(promotionGates(evaluate(alone)).map(({ name }) => name)).toEqual(['scorePsi', 'featurePsi'])
  })
})
