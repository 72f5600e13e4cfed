/**
 * Enterprises whose scores contradict their grade: at every close of seven ticks in a row one of the best grade was at least as likely to come to harm as
 * the mean of the worst, or one of the worst at most as the mean of the best (docs/science.md). Only rows to which it happens are kept.
 */
import { z } from 'zod'
import { millionthsOfProbability } from '../../../models/level/counted.ts'
import { hash64 } from '../../../streams/hash.ts'
import type { Profile } from '../../../streams/profile.ts'
import { noGrade } from '../../../streams/profile.ts'
import type { Contradiction, RiskLevels } from '../../../streams/riskLevels.ts'
import { jsonPart, type StatePart } from '../../fold/state.ts'
import { contradictionTicks, neighbourhoodLagTicks, riskEnterprisesMin } from '../../limits.ts'
import type { CellContributions } from '../cellContributions.ts'
import type { EnterpriseIds } from '../rows/ids.ts'
import type { EnterpriseRows } from '../rows/rows.ts'

/** `counted`: the (leaf, grade) under which it is counted; `told`: whether it was published. */
const Held = z.object({
  since: z.int(),
  kind: z.enum(['riskier', 'safer']),
  counted: z.object({ key: z.number(), entered: z.boolean() }).nullable(),
  told: z.boolean(),
})
type Held = z.infer<typeof Held>
type Kind = Held['kind']
const Saved = z.object({ held: z.array(z.tuple([z.int(), Held])) })

const million = 1_000_000

export type ContradictionsOptions = {
  profile: Profile
  rows: EnterpriseRows
  ids: EnterpriseIds
  contributions: Pick<CellContributions, 'homeOf' | 'isInStock' | 'sums' | 'gradeAt'>
}

/** Of the best and of the worst grade, the mean probability in millionths; undefined where there are too few enterprises or grades. */
type Means = { best: number; worst: number; shares: ReadonlyMap<number, number> }

export class Contradictions {
  readonly #held = new Map<number, Held>()
  readonly #options: ContradictionsOptions
  readonly state: StatePart = jsonPart(
    { name: 'contradictions', version: 1, contract: Saved },
    () => ({ held: [...this.#held].sort(([a], [b]) => a - b) }),
    ({ held }) => {
      for (const [row, one] of held) this.#held.set(row, one)
    },
  )

  /** `before`: those under another profile. All cells are counted anew, for the watch begins with none. */
  constructor(options: ContradictionsOptions, before?: Contradictions) {
    this.#options = options
    for (const [row, one] of before === undefined ? [] : before.#held) this.#held.set(row, { ...one, counted: null })
  }

  /** At the close of a tick, after its scores: who entered and who left, in order of row. */
  *close(tick: number, levels: RiskLevels | undefined, model: string | null): Generator<Contradiction | undefined> {
    const { rows } = this.#options
    const means = levels && this.#meansOf(levels)
    if (means === undefined && this.#held.size === 0) return
    for (let row = 0; row < rows.count; row++) {
      const kind = means && this.#kindOf(row, tick, means)
      const held = this.#held.get(row)
      if (kind !== undefined || held !== undefined) yield this.#move(row, { kind, held, tick, means, model })
      else if (row % rowsASlice === rowsASlice - 1) yield undefined
    }
  }

  #move(
    row: number,
    at: {
      kind: Kind | undefined
      held: Held | undefined
      tick: number
      means: Means | undefined
      model: string | null
    },
  ): Contradiction | undefined {
    const { kind, tick, means, model } = at
    const same = at.held?.kind === kind ? at.held : undefined
    if (at.held !== undefined && same === undefined) this.#count(at.held, null)
    const left =
      at.held?.told === true && same === undefined
        ? this.#describe(row, at.held, { change: 'left', tick, model })
        : undefined
    if (kind === undefined || means === undefined) {
      this.#held.delete(row)
      return left
    }
    const held: Held = same ?? { since: tick, kind, counted: null, told: false }
    this.#held.set(row, held)
    const ticks = tick - held.since + 1
    const key = this.#options.contributions.homeOf(row, tick)
    this.#count(
      held,
      ticks > contradictionTicks - 1 - neighbourhoodLagTicks ? { key, entered: ticks >= contradictionTicks } : null,
    )
    if (left !== undefined) return left
    const region = this.#regionOf(row)
    const isTold = ticks >= contradictionTicks && luckOf(this.#options.ids.idOf(row)) < (means.shares.get(region) ?? 1)
    if (isTold === held.told) return undefined
    held.told = isTold
    return this.#describe(row, held, { change: isTold ? 'entered' : 'left', tick, model, means })
  }

  /** Moves what it adds to the sums of cells. */
  #count(held: Held, to: Held['counted']): void {
    const { sums } = this.#options.contributions
    const before = held.counted
    if (before?.key === to?.key && before?.entered === to?.entered) return
    if (before !== null) sums.contradictions.add(before.key, -1, before.entered ? -1 : 0)
    if (to !== null) sums.contradictions.add(to.key, 1, to.entered ? 1 : 0)
    held.counted = to
  }

  #kindOf(row: number, tick: number, { best, worst }: Means): Kind | undefined {
    const { rows, profile, contributions } = this.#options
    const logOdds = rows.logOdds(row)
    if (logOdds === undefined || !contributions.isInStock(row)) return undefined
    const probability = millionthsOfProbability(logOdds)
    if (probability < worst && probability > best) return undefined
    const grade = contributions.gradeAt(row, tick)
    if (grade === noGrade + 1) return probability >= worst ? 'riskier' : undefined
    return grade === profile.grades.length - 1 && probability <= best ? 'safer' : undefined
  }

  #meansOf({ enterprises, probability, crowded }: RiskLevels): Means | undefined {
    const [best, worst] = [noGrade + 1, enterprises.length - 1]
    if (worst <= best || Math.min(enterprises[best], enterprises[worst]) < riskEnterprisesMin) return undefined
    const mean = (grade: number): number => probability[grade] / enterprises[grade]
    if (mean(best) >= mean(worst)) return undefined // the grades say nothing, so nothing contradicts them
    return {
      best: mean(best),
      worst: mean(worst),
      shares: new Map(crowded.map(({ region, share }) => [region, share])),
    }
  }

  #regionOf(row: number): number {
    const { rows, profile } = this.#options
    return profile.regions.leafOf[rows.place(row) >>> 16]
  }

  #describe(
    row: number,
    { kind, since }: Held,
    {
      change,
      tick,
      model,
      means,
    }: { change: Contradiction['change']; tick: number; model: string | null; means?: Means },
  ): Contradiction {
    const { rows, ids, profile, contributions } = this.#options
    const { regions, industries, calendar, grades } = profile
    const place = rows.place(row)
    const logOdds = rows.logOdds(row)
    const compared =
      change === 'left' || means === undefined || logOdds === undefined
        ? {}
        : {
            probability: millionthsOfProbability(logOdds) / million,
            comparedWith: (kind === 'riskier' ? means.worst : means.best) / million,
          }
    return {
      ...{ enterpriseId: ids.idOf(row), change, kind, tick, tickLabel: calendar.label(tick), sinceTick: since },
      grade: grades[contributions.gradeAt(row, tick)],
      ...compared,
      region: regions.nodes[place >>> 16].code,
      industry: industries.nodes[place & 0xffff].code,
      model,
    }
  }
}

const rowsASlice = 8_192

/** 0..1, for an enterprise always the same. */
const luckOf = (id: string): number => hash64(id).low / 2 ** 32
