/**
 * What the splits of trees compare: each row becomes numbers for which "left" is always "not above the threshold". What is
 * missing becomes -Infinity where it goes left and +Infinity where it goes right; the answer to a categorical split becomes 0
 * (left) or 1. Splits that ask the same share a column. The rules are LightGBM's (tree.h), to the bit.
 */
import { categoryAnswersMax } from './bounds.ts'
import type { TreeWeights } from './weights.ts'

const categorical = 1
const missingLeft = 2
const zeroMissing = 4
const nanMissing = 8

/** LightGBM takes what is this near to 0 for 0: 1e-35 as float32. */
const zeroMax = 1.0000000180025095e-35

/** A value of +Infinity is taken for this, so that it is not what is missing; so is a threshold. */
const largest = Number.MAX_VALUE

/** Between the 0 and the 1 of a categorical column. */
const categoricalThreshold = 0.5

/** What a split asks: the feature, its column, and the threshold above which a row goes right. */
export type Question = { feature: number; column: number; threshold: number }

/** Room for the columns of rows, `width` each, one row after another; and for what they add up to. */
export type Block = { readonly block: Float64Array; readonly width: number; readonly sums: Float64Array }

/** `count` rows of `size` features in `values`; the first begins at `from`. */
export type Rows = { values: Float64Array; from: number; size: number; count: number }

type Numeric = { feature: number; column: number; ifNaN: number; ifZero: number }
type Categorical = { column: number; lefts: readonly number[] }
/** `listed`: categories in all lists of a feature; `highest`: one above the highest of them. */
type CategorySize = { listed: number; splits: number; highest: number }

export class TreeColumns {
  #width = 0
  readonly #numeric = new Map<string, Numeric>()
  /** By feature, then by categories. */
  readonly #categorical = new Map<number, Map<string, Categorical>>()
  readonly #names = new Map<readonly number[], string>()
  /** What the splits about a feature's categories need, and all of them together. */
  readonly #categories = new Map<number, CategorySize>()
  #answers = 0

  /** Columns of a row. */
  get width(): number {
    return this.#width
  }

  /** @throws Error when there is no such list of categories, or they need more room than bounds.ts admits. */
  question({ features, thresholds, decisions, categories }: TreeWeights, split: number): Question {
    const feature = features[split]
    const decision = decisions[split]
    if ((decision & categorical) === 0) {
      const missing = (decision & missingLeft) !== 0 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
      const ifZero = (decision & zeroMissing) !== 0 ? missing : 0
      const ifNaN = (decision & nanMissing) !== 0 ? missing : ifZero
      const make = (): Numeric => ({ feature, column: this.#width++, ifNaN, ifZero })
      const { column } = getOrMake(this.#numeric, `${feature} ${ifNaN} ${ifZero}`, make)
      return { feature, column, threshold: thresholds[split] }
    }
    const lefts = categories[thresholds[split]]
    if (lefts === undefined) throw new Error(`categories: there is no list ${thresholds[split]}`)
    const same = getOrMake(this.#categorical, feature, () => new Map<string, Categorical>())
    const { column } = getOrMake(same, this.#nameOf(lefts), () => this.#answer(feature, lefts))
    return { feature, column, threshold: categoricalThreshold }
  }

  /** Lists of one content have one name, which is made once a list. */
  #nameOf(lefts: readonly number[]): string {
    const known = this.#names.get(lefts)
    if (known !== undefined) return known
    const name = lefts.join()
    this.#names.set(lefts, name)
    return name
  }

  /** A new column that answers whether a category is among those that go left. */
  #answer(feature: number, lefts: readonly number[]): Categorical {
    const highest = lefts.reduce((most, category) => Math.max(most, category + 1), 0)
    const before = this.#categories.get(feature) ?? { listed: 0, splits: 0, highest: 0 }
    const now = {
      listed: before.listed + lefts.length,
      splits: before.splits + 1,
      highest: Math.max(before.highest, highest),
    }
    this.#categories.set(feature, now)
    this.#answers += roomFor(now) - roomFor(before)
    if (this.#answers > categoryAnswersMax)
      throw new Error(`categories: splits about them take more than ${categoryAnswersMax} answers; number them from 0`)
    return { column: this.#width++, lefts }
  }

  block(rows: number): Block {
    const width = this.#width
    return { block: new Float64Array(rows * width), width, sums: new Float64Array(rows) }
  }

  /** What fills a block with the columns of rows. */
  filler(): (rows: Rows, out: Block) => void {
    const numeric = [...this.#numeric.values()]
    const answers = [...this.#categorical].map(([feature, splits]) => answersOf(feature, [...splits.values()]))
    return (rows, out) => {
      for (const each of numeric) fillNumeric(each, rows, out)
      for (const each of answers) fillAnswers(each, rows, out)
    }
  }
}

/** At most so many entries have the tables of a feature: where each category begins, and the answers for each. */
function roomFor({ listed, splits, highest }: CategorySize): number {
  return highest + listed + (Math.min(listed, highest) + 1) * splits
}

function getOrMake<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = map.get(key)
  if (known !== undefined) return known
  const made = make()
  map.set(key, made)
  return made
}

function fillNumeric({ feature, column, ifNaN, ifZero }: Numeric, rows: Rows, { block, width }: Block): void {
  const { values, size, count } = rows
  for (let row = 0, at = rows.from + feature, to = column; row < count; row++, at += size, to += width) {
    const x = values[at]
    block[to] = Number.isNaN(x) ? ifNaN : Math.abs(x) <= zeroMax ? ifZero : Math.min(x, largest)
  }
}

/** The answers to all splits about a categorical feature: for each category one after another, 0 is left. */
type Answers = {
  feature: number
  columns: Int32Array
  answers: Uint8Array
  /** Where the answers for a category begin. Those for any other, and for what is missing, begin at 0. */
  begins: Int32Array
}

function answersOf(feature: number, splits: readonly Categorical[]): Answers {
  const known = [...new Set(splits.flatMap(({ lefts }) => lefts))]
  const highest = known.reduce((most, category) => Math.max(most, category + 1), 0)
  const begins = new Int32Array(highest)
  for (const [at, category] of known.entries()) begins[category] = (at + 1) * splits.length
  const answers = new Uint8Array((known.length + 1) * splits.length).fill(1)
  for (const [at, { lefts }] of splits.entries()) for (const category of lefts) answers[begins[category] + at] = 0
  return { feature, columns: Int32Array.from(splits, ({ column }) => column), answers, begins }
}

/** The fraction of a value is cut off; NaN, -1 and less, and a huge value are no category. */
function fillAnswers({ feature, columns, answers, begins }: Answers, rows: Rows, { block, width }: Block): void {
  const { values, size, count } = rows
  for (let row = 0, at = rows.from + feature, to = 0; row < count; row++, at += size, to += width) {
    const x = values[at]
    const category = Math.trunc(x) // -0.5 is category 0, as in LightGBM
    const begin = x > -1 && category < begins.length ? begins[category] : 0
    for (let split = 0; split < columns.length; split++) block[to + columns[split]] = answers[begin + split]
  }
}
